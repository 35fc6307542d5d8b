using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Record.Core.Audit;

namespace Record.Core.Fhir;

/// <summary>
/// The statement of several first pages of one shape: the page's own statement runs once for each row of values. Values that are
/// arrays are the same for all.
/// </summary>
internal sealed partial class PageGroupSql
{
    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly string text;
    private readonly bool records;
    private readonly List<int> own = [];
    private readonly List<int> shared = [];

    /// <summary>The statement.</summary>
    /// <param name="database">Where it runs.</param>
    /// <param name="clock">The time in audit.</param>
    /// <param name="page">The page's statement.</param>
    /// <param name="like">One of those that will be asked.</param>
    /// <param name="records">Whether it writes the audit rows.</param>
    public PageGroupSql(NpgsqlDataSource database, TimeProvider clock, string page, PageAsked like, bool records)
    {
        (this.database, this.clock, this.records) = (database, clock, records);
        var values = like.Values.All;
        for (var i = 0; i < values.Count; i++) (values[i].ColumnType is null ? shared : own).Add(i);
        text = Text(page, values, PageRows.Columns(like.Plan));
    }

    /// <summary>Reads the pages. Those that found something have their audit row.</summary>
    public async Task<IReadOnlyList<PageRows>> Run(IReadOnlyList<PageAsked> asked)
    {
        await using var command = database.CreateCommand(text);
        command.CommandTimeout = 30;
        Add(command, asked);
        var pages = asked.Select(one => new PageRows(one.Query, one.Plan)).ToList();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) pages[row.GetInt32(0) - 1].Take(row, 1);
        for (var i = 0; i < pages.Count; i++)
            if (records && pages[i].Hits.Count > 0) (pages[i].Recorded, asked[i].Access.Trail.Outcome) = (true, "success");
        return pages;
    }

    private string Text(string page, IReadOnlyList<SqlValue> values, string columns)
    {
        string[] audit = ["uuid", "text", "text", "text", "text", "text", "text", "text", "text", "int"];
        var arrays = string.Join(", ", own.Select(i => values[i].ColumnType!).Concat(audit).Select((type, i) => $"${i + 1}::{type}[]"));
        var one = Value().Replace(page, match =>
        {
            var at = int.Parse(match.ValueSpan[1..], CultureInfo.InvariantCulture) - 1;
            return values[at].ColumnType is not null ? $"w.p{at}" : $"${own.Count + audit.Length + 2 + shared.IndexOf(at)}";
        });
        var recorded = !records ? "" : $"""
            , recorded as (
                insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction, resource_type, query, outcome, patients)
                select ${own.Count + audit.Length + 1}, w.request, w.actor, w.role, w.organisation, w.purpose, w.client, w.network, 'E', 'search-type', w.kind, w.query, 'success', p.patients
                from wanted w join (
                    select place, coalesce(array_agg(distinct patient) filter (where n <= most and patient is not null), array[]::text[]) as patients
                    from found group by place) p using (place))
            """;
        return $"""
            with wanted as materialized (
                select * from unnest({arrays}) with ordinality
                    as w ({string.Concat(own.Select(i => $"p{i}, "))}request, actor, role, organisation, purpose, client, network, kind, query, most, place)),
            found as materialized (
                select w.place, w.most, x.* from wanted w cross join lateral (select row_number() over () as n, y.* from ({one}) y ({columns})) x){recorded}
            select place::int, {columns} from found
            """;
    }

    private void Add(NpgsqlCommand command, IReadOnlyList<PageAsked> asked)
    {
        void Column<T>(Func<PageAsked, T> of) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. asked.Select(of)] });
        foreach (var i in own) command.Parameters.Add(asked[0].Values.All[i].Column(asked.Select(one => one.Values.All[i])));
        CallerColumns.AddTo(command.Parameters, [.. asked.Select(one => one.Access)]);
        Column(one => one.Query.Type);
        Column(one => one.Query.Text);
        Column(one => one.Query.Count);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        foreach (var i in shared) command.Parameters.Add(asked[0].Values.All[i].Parameter());
    }

    [GeneratedRegex(@"\$[0-9]+")]
    private static partial Regex Value();
}

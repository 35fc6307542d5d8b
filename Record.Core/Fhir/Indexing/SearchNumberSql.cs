using System.Collections.Concurrent;
using System.Collections.Frozen;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>
/// The numbers that stand for parameters, systems and units in search rows. Parameters are numbered by the migrations;
/// systems and units as they are first seen, each at once and for good, whatever becomes of the write that brought it.
/// </summary>
internal sealed class SearchNumberSql(NpgsqlDataSource database)
{
    private const string Parameters = "select type, name, number from record.search_parameter";

    private const string Systems = "select uri, number from record.search_system";

    private const string FindSystem = "select uri, number from record.search_system where uri = any($1)";

    private const string AddSystems = """
        insert into record.search_system (uri) select uri from unnest($1::text[]) uri order by uri on conflict do nothing
        """;

    private const string Units = "select code from record.search_unit";

    private const string AddUnits = """
        insert into record.search_unit (code) select code from unnest($1::text[]) code order by code on conflict do nothing
        """;

    private const string Fill = """
        insert into record.search_parameter (type, name)
        select w.type, w.name from unnest($1::text[], $2::text[]) as w (type, name)
        where not exists (select from record.search_parameter k where k.type = w.type and k.name = w.name)
        order by w.type, w.name
        """;

    /// <summary>The system of UCUM's units.</summary>
    public const string Ucum = "http://unitsofmeasure.org";

    private readonly ConcurrentDictionary<string, int> systems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> units = new(StringComparer.Ordinal);
    private FrozenDictionary<(string, string), short> parameters = FrozenDictionary<(string, string), short>.Empty;
    private Task? loading;

    /// <summary>Numbers what is not numbered yet; for migrations.</summary>
    public static async Task FillParameters(NpgsqlConnection owner, CancellationToken cancellation)
    {
        var all = SearchParameters.ResourceTypes.SelectMany(type => SearchParameters.Of(type).Values).SelectMany(p => p.Forms.Select(form => (p.Resource, Name: p.FormName(form)))).ToList();
        await using var command = new NpgsqlCommand(Fill, owner)
        {
            Parameters = { new() { Value = all.Select(p => p.Resource).ToArray() }, new() { Value = all.Select(p => p.Name).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Reads the numbers, once; afterwards it is done at once.</summary>
    public Task Load(CancellationToken cancellation)
    {
        var task = loading;
        return task is { IsCompletedSuccessfully: true } ? task : LoadAgain(cancellation);
    }

    /// <summary>Number of a form of a parameter.</summary>
    public short Parameter(SearchParameter parameter, SearchForm form = SearchForm.Plain) => parameters[(parameter.Resource, parameter.FormName(form))];

    /// <summary>Number of a system that has been ensured or loaded.</summary>
    public int System(string uri) => systems[SearchText.Cut(uri)];

    /// <summary>Number of a system; null if nothing has ever had it, so that nothing can match.</summary>
    public async ValueTask<int?> FindSystemNumber(string uri, CancellationToken cancellation)
    {
        uri = SearchText.Cut(uri);
        if (systems.TryGetValue(uri, out var number)) return number;
        await ReadSystems(FindSystem, [uri], cancellation);
        return systems.TryGetValue(uri, out number) ? number : null;
    }

    /// <summary>Codes of UCUM that values have been written in, as far as this process knows after asking again.</summary>
    public async Task<IReadOnlyCollection<string>> KnownUnits(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Units);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) units[row.GetString(0)] = true;
        return [.. units.Keys];
    }

    /// <summary>Makes sure that every system and unit of these values has a number.</summary>
    public async Task Ensure(IEnumerable<SearchValue> values, CancellationToken cancellation)
    {
        HashSet<string>? newSystems = null, newUnits = null;
        foreach (var value in values)
        {
            if (value.System is not { } system) continue;
            if (!systems.ContainsKey(SearchText.Cut(system))) (newSystems ??= []).Add(SearchText.Cut(system));
            if (value.Number is not null && system == Ucum && value.Value is { Length: > 0 } unit && !units.ContainsKey(unit)) (newUnits ??= []).Add(unit);
        }

        if (newSystems is not null)
        {
            await Run(AddSystems, newSystems, cancellation);
            await ReadSystems(FindSystem, newSystems, cancellation);
        }

        if (newUnits is null) return;
        await Run(AddUnits, newUnits, cancellation);
        foreach (var unit in newUnits) units[unit] = true;
    }

    private async Task LoadAgain(CancellationToken cancellation)
    {
        var read = new Dictionary<(string, string), short>();
        await using (var command = database.CreateCommand(Parameters))
        await using (var row = await command.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation)) read[(string.Intern(row.GetString(0)), string.Intern(row.GetString(1)))] = row.GetInt16(2);
        await ReadSystems(Systems, null, cancellation);
        await KnownUnits(cancellation);
        parameters = read.ToFrozenDictionary();
        loading = Task.CompletedTask;
    }

    private async Task ReadSystems(string sql, IReadOnlyCollection<string>? uris, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        if (uris is not null) command.Parameters.Add(new() { Value = uris.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) systems[row.GetString(0)] = row.GetInt32(1);
    }

    private async Task Run(string sql, IReadOnlyCollection<string> values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = values.ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

using Npgsql;

namespace Record.Core.Fhir;

/// <summary>A profile, tag or security label that resources carry.</summary>
/// <param name="List"><c>profile</c>, <c>tag</c> or <c>security</c>.</param>
/// <param name="System">System of a tag or label.</param>
/// <param name="Value">Its code; the address of a profile.</param>
public sealed record MetaInUse(string List, string? System, string Value);

/// <summary>Which profiles, tags and labels are in use, read by jumping from value to value of the index.</summary>
internal static class MetaSql
{
    /// <summary>The most values that are told, and the most uses of one code among which its systems are looked for.</summary>
    private const int Most = 1000;

    private static string InUse(SqlParameters bind, Sight sight, DateTimeOffset now) => $"""
        with recursive wanted as (
            select number, name from record.search_parameter where name in ('_profile', '_tag', '_security') and ($1 = '' or type = $1)),
        used as (
            select w.number, w.name, (select min(s.value) from record.search_value s where s.parameter::int = w.number) as value from wanted w
            union all
            select u.number, u.name, (select min(s.value) from record.search_value s where s.parameter::int = u.number and s.value > u.value)
            from used u where u.value is not null)
        select distinct u.name, y.uri, u.value
        from used u
        cross join lateral (
            select s.system from record.search_value s join record.resource r on r.rid = s.rid and not r.deleted
            where s.parameter::int = u.number and s.value = u.value and {AccessSql.Visible(bind, sight, now, "r")}
                and (u.name <> '_security' or r.type not in ('Patient', 'Person') or {AccessSql.Locatable(bind, sight, now, "r")}) limit {Most}) s
        left join record.search_system y on y.number = s.system
        where u.value is not null
        order by u.name, y.uri, u.value limit {Most}
        """;

    /// <summary>What resources of a type carry, or of every type.</summary>
    public static async Task<IReadOnlyList<MetaInUse>> Read(NpgsqlDataSource database, Sight sight, DateTimeOffset now, string? type, CancellationToken cancellation)
    {
        var bind = new SqlParameters();
        bind.Add(type ?? "");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = bind.Command(connection, InUse(bind, sight, now));
        var found = new List<MetaInUse>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(new(row.GetString(0)[1..], row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2)));
        return found;
    }
}

using System.Globalization;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Versions, newest first. A version keeps its time and number when the next one moves it to history, so pages are cut by them.</summary>
internal sealed class HistorySql(Sight sight, DateTimeOffset now, HistoryQuery query)
{
    private readonly SqlParameters bind = new();

    /// <summary>A page, one version more than asked for, and the place of each.</summary>
    public static async Task<(List<(StoredResource Version, long Number)> Versions, long? Total)> Read(
        NpgsqlConnection connection, Sight sight, DateTimeOffset now, HistoryQuery query, PageToken? after, CancellationToken cancellation)
    {
        var sql = new HistorySql(sight, now, query);
        await using var command = sql.Page(connection, after);
        var versions = new List<(StoredResource, long)>();
        long? total = null;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (row.IsDBNull(0))
            {
                total = row.IsDBNull(9) ? null : row.GetInt64(9);
                continue;
            }

            var deleted = row.IsDBNull(6);
            versions.Add((PatientCut.Of(new(row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(6), deleted, row.IsDBNull(5) ? null : row.GetString(5)), row.GetInt32(8)), row.GetInt64(0)));
        }

        return (versions, total);
    }

    private NpgsqlCommand Page(NpgsqlConnection connection, PageToken? after)
    {
        var limit = bind.Add(query.Count + 1);
        // One resource's versions are few and cheap to count; a type's are counted only when asked for alone.
        var total = after is null && (query.Id is not null || query.Count == 0) ? $"(select count(*) from ({Versions(null, null)}) c)" : "null";
        return bind.Command(connection, $"""
            with page as materialized ({Versions(after, limit)} order by updated desc, rid desc, version desc limit {limit})
            select p.rid, p.type, p.id, p.version, p.updated, p.patient, p.body, p.deleted, {AccessSql.Cut(bind, sight, now, "p")}, null::bigint from page p
            union all
            select null, null, null, null, null, null, null, null, null, {total} where {(total == "null" ? "false" : "true")}
            """);
    }

    private string Versions(PageToken? after, string? limit) => $"{Part("record.resource", after, limit)} union all {Part("record.resource_history", after, limit)}";

    // What has come under protection is so in all its versions.
    internal static string? Guard(string table) => table == "record.resource" ? null : "(v.guard | coalesce((select c.guard from record.resource c where c.rid = v.rid), 0))";

    private string Part(string table, PageToken? after, string? limit)
    {
        var conditions = new List<string> { AccessSql.Visible(bind, sight, now, "v", Guard(table)) };
        if (query.Type is { Length: > 0 }) conditions.Add($"v.type = {bind.Add(query.Type)}");
        if (query.Id is not null) conditions.Add($"v.id = {bind.Add(query.Id)}");
        if (query.Since is { } since) conditions.Add($"v.updated >= {bind.Add(since)}");
        if (query.At is { } at)
            conditions.Add($"""
                v.updated < {bind.Add(at.Until)} and not exists (select from record.resource n where n.type = v.type and n.id = v.id and n.version = v.version + 1 and n.updated <= {bind.Add(at.From)})
                and not exists (select from record.resource_history n where n.type = v.type and n.id = v.id and n.version = v.version + 1 and n.updated <= {bind.Add(at.From)})
                """);
        if (after is not null)
        {
            var (updated, version) = (bind.Add(new DateTimeOffset(long.Parse(after.Keys[0]!, CultureInfo.InvariantCulture), TimeSpan.Zero)), bind.Add(int.Parse(after.Keys[1]!, CultureInfo.InvariantCulture)));
            conditions.Add($"v.updated <= {updated} and (v.updated, v.rid, v.version) < ({updated}, {bind.Add(after.Number)}, {version})");
        }

        var order = limit is null ? "" : query.Id is null ? $" order by v.updated desc, v.rid desc, v.version desc limit {limit}" : $" order by v.version desc limit {limit}";
        return $"(select v.rid, v.type, v.id, v.version, v.updated, v.patient, v.body, v.deleted, {Guard(table) ?? "v.guard"} as guard, v.source from {table} v where {string.Join(" and ", conditions)}{order})";
    }
}

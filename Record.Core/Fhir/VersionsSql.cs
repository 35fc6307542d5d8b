using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Versions of one resource, current and past.</summary>
internal static class VersionsSql
{
    /// <summary>Those that the caller may see, newest first; one version if it is named.</summary>
    public static async Task<List<StoredResource>> Read(
        NpgsqlDataSource database, Sight sight, DateTimeOffset now, string type, string id, int? version, int count, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, ["record.resource", "record.resource_history"], sight, now, type, id, version, count, cancellation);
    }

    /// <summary>The current version, if the caller may see it.</summary>
    public static async Task<StoredResource?> Current(NpgsqlConnection connection, Sight sight, DateTimeOffset now, string type, string id, CancellationToken cancellation) =>
        (await Read(connection, ["record.resource"], sight, now, type, id, null, 1, cancellation)).FirstOrDefault();

    private static async Task<List<StoredResource>> Read(
        NpgsqlConnection connection, string[] tables, Sight sight, DateTimeOffset now, string type, string id, int? version, int count, CancellationToken cancellation)
    {
        var bind = new SqlParameters();
        var (ofType, ofId, most) = (bind.Add(type), bind.Add(id), bind.Add(count));
        var which = version is { } one ? $" and v.version = {bind.Add(one)}" : "";
        var parts = tables.Select(table => $"""
            select v.version, v.updated, v.deleted, v.body, v.patient, {AccessSql.Cut(bind, sight, now, "v")} from {table} v
            where v.type = {ofType} and v.id = {ofId}{which} and {AccessSql.Visible(bind, sight, now, "v", HistorySql.Guard(table))}
            """);
        await using var command = bind.Command(connection, $"{string.Join(" union all ", parts)} order by version desc limit {most}");
        var versions = new List<StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var deleted = row.GetBoolean(2);
            versions.Add(PatientCut.Of(new(type, id, row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(3), deleted, row.IsDBNull(4) ? null : row.GetString(4)), row.GetInt32(5)));
        }

        return versions;
    }
}

using Npgsql;

namespace Record.Core.Fhir;

/// <summary>How a caller stands to persons, asked for itself.</summary>
internal static class StandingSql
{
    /// <summary>Bits granted about each of these source patients, facts of all linked to the same person counted.</summary>
    public static async Task<Dictionary<string, long>> Granted(NpgsqlConnection connection, Sight sight, DateTimeOffset now, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        var bind = new SqlParameters();
        var ids = bind.Add(patients.ToArray());
        await using var command = bind.Command(connection, $"select p.id, (select g.g from {AccessSql.Granted(bind, sight, now, "p.id")}) from unnest({ids}::text[]) p (id)");
        var granted = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) granted[row.GetString(0)] = row.GetInt64(1);
        return granted;
    }

    /// <summary>Whether one of these patients is there and not open to the caller.</summary>
    public static async Task<bool> IsClosed(NpgsqlConnection connection, Sight sight, DateTimeOffset now, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        if (sight.All) return false;
        var bind = new SqlParameters();
        await using var command = bind.Command(connection, $"""
            select exists (select from unnest({bind.Add(patients.ToArray())}::text[]) p (id)
            where exists (select from record.resource r where r.type = 'Patient' and r.id = p.id and not r.deleted)
            and (select (g.g | {bind.Add(sight.Assumed)}) & {Guard.Opens} = 0 from {AccessSql.Granted(bind, sight, now, "p.id")}))
            """);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}

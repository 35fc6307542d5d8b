using Npgsql;

namespace Record.Core.Fhir;

/// <summary>What is current about source patients. Without a relationship there is of each no more than who it is.</summary>
internal static class CompartmentReadSql
{
    /// <summary>What the caller may see.</summary>
    public static async Task<List<StoredResource>> Read(
        NpgsqlDataSource database, Sight sight, DateTimeOffset now, IReadOnlyCollection<string> patients, IReadOnlyCollection<string>? types, CancellationToken cancellation)
    {
        var bind = new SqlParameters();
        var ids = bind.Add(patients.ToArray());
        var ofTypes = types is null ? "" : $" and r.type = any({bind.Add(types.ToArray())})";
        var head = sight.All ? "" : $"with sight as materialized (select p.id, g.g, {AccessSql.Mask("g.g", bind.Once("denied", sight.Denied), bind.Once("assumed", sight.Assumed))} as m from unnest({ids}::text[]) p (id) cross join lateral {AccessSql.Granted(bind, sight, now, "p.id")}) ";
        var from = sight.All ? "record.resource r" : "sight s join record.resource r on r.patient = s.id";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = bind.Command(connection, $"""
            {head}select r.type, r.id, r.version, r.updated, r.body, r.patient, {(sight.All ? "0" : $"case when r.type <> 'Patient' then 0 when not ({Open(bind, sight)}) then 2 when s.g & {Guard.Restricted} <> 0 then 1 else 0 end")}
            from {from} where r.patient_key = any({bind.Add(patients.Select(PatientKey.Of).ToArray())}) and r.patient = any({ids}) and not r.deleted{ofTypes}{(sight.All ? "" : $" and {Seen(bind, sight)}")}
            order by r.patient, r.type, r.id
            """);
        return await ResourceStore.Current(command, cancellation);
    }

    private static string Seen(SqlParameters bind, Sight sight) => $"({Open(bind, sight)}{AccessSql.Closed(bind, sight, "r")} or r.type = 'Patient' and {AccessSql.Found(bind, sight, "r")})";

    private static string Open(SqlParameters bind, Sight sight) => $"(r.guard & s.m) = 0 and (s.m & {Guard.Foreign} = 0 or r.source = any({bind.Once("own", sight.OwnSources)}))";
}

using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Reads by id of several callers in one statement, which also writes each one's audit row: no answer without its row.</summary>
internal sealed class ReadSql(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Read = """
        with wanted as materialized (
            select * from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
                with ordinality as w (type, id, request, actor, role, organisation, purpose, client, network, place)),
        found as materialized (
            select w.place, r.version, r.updated, r.deleted, r.body, r.patient
            from wanted w join record.resource r on r.type = w.type and r.id = w.id),
        recorded as (
            insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction, resource_type, resource_id, outcome, patients)
            select $10, w.request, w.actor, w.role, w.organisation, w.purpose, w.client, w.network, 'R', 'read', w.type, w.id,
                case when f.place is null then 'fhir.not-found' when f.deleted then 'fhir.deleted' else 'success' end,
                case when f.patient is null then '{}' else array[f.patient] end
            from wanted w left join found f using (place))
        select place::int, version, updated, deleted, body, patient from found
        """;

    /// <summary>The current versions, deleted ones too; null where there is none.</summary>
    public async Task<IReadOnlyList<StoredResource?>> Run(IReadOnlyList<(Access Access, string Type, string Id)> wanted)
    {
        await using var command = database.CreateCommand(Read);
        void Column<T>(Func<(Access Access, string Type, string Id), T> of) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. wanted.Select(of)] });
        Column(w => w.Type);
        Column(w => w.Id);
        Column(w => w.Access.Request);
        Column(w => w.Access.User);
        Column(w => w.Access.Role);
        Column(w => w.Access.Organisation);
        Column(w => w.Access.Purpose);
        Column(w => w.Access.Client);
        Column(w => w.Access.From);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        var found = new StoredResource?[wanted.Count];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (place, deleted) = (row.GetInt32(0) - 1, row.GetBoolean(3));
            found[place] = new(wanted[place].Type, wanted[place].Id, row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(4), deleted, row.IsDBNull(5) ? null : row.GetString(5));
        }

        foreach (var (access, _, _) in wanted) access.Trail.IsWritten = true;
        return found;
    }
}

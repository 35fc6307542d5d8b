using Npgsql;
using Record.Core.Audit;

namespace Record.Core.Fhir;

/// <summary>Reads by id of several callers in one statement, which also writes each one's audit row: no answer without its row.</summary>
internal sealed class ReadSql(NpgsqlDataSource database, TimeProvider clock, AccessRules rules)
{
    // shown: what of the body the caller sees (PatientCut), -1: no trace of it. One text for all callers; what they may see are values.
    private static readonly string Read = $"""
        with wanted as materialized (
            select w.*, string_to_array(w.party, E'\n') as parties from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::boolean[], $11::boolean[], $12::bigint[], $13::bigint[], $14::text[], $15::text[], $16::text[])
                with ordinality as w (type, id, request, actor, role, organisation, purpose, client, network, everything, unattached, denied, assumed, party, own, closed, place)),
        found as materialized (
            select w.place, r.version, r.updated, r.deleted, r.body, r.patient,
                case when w.everything then 0
                when r.type = 'Person' then case when w.unattached or {AccessSql.PersonOpen("r", "w.parties", "$17", "w.assumed")} then 1 else -1 end
                when r.patient is null then case when w.unattached or {AccessSql.Unattached(Sight.Nothing, "r")} then 0 else -1 end
                when w.closed <> '' and r.source = any(string_to_array(w.closed, ',')::int[]) then -1
                else (select case when (r.guard & s.m) = 0 and (s.m & {Guard.Foreign} = 0 or r.source = any(string_to_array(w.own, ',')::int[]))
                        then case when r.type = 'Patient' and s.g & {Guard.Restricted} <> 0 then 1 else 0 end
                    when r.type = 'Patient' and r.guard & w.denied = 0 then 2 else -1 end
                    from (select g.g, {AccessSql.Mask("g.g", "w.denied", "w.assumed")} as m from {AccessSql.Granted("r.patient", "w.parties", "$17")}) s) end as shown
            from wanted w join record.resource r on r.type = w.type and r.id = w.id),
        recorded as (
            insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction, resource_type, resource_id, outcome, patients)
            select $17, w.request, w.actor, w.role, w.organisation, w.purpose, w.client, w.network, 'R', 'read', w.type, w.id,
                case when f.place is null then 'fhir.not-found' when f.shown < 0 then 'access.withheld' when f.deleted then 'fhir.deleted' else 'success' end,
                case when f.patient is null then array[]::text[] else array[f.patient] end
            from wanted w left join found f using (place))
        select place::int, version, updated, deleted, body, patient, shown from found where shown >= 0
        """;

    /// <summary>The current versions, deleted ones too; null where there is none.</summary>
    public async Task<IReadOnlyList<StoredResource?>> Run(IReadOnlyList<(Access Access, string Type, string Id)> wanted)
    {
        await using var command = database.CreateCommand(Read);
        void Column<T>(Func<(Access Access, string Type, string Id), T> of) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. wanted.Select(of)] });
        Column(w => w.Type);
        Column(w => w.Id);
        CallerColumns.AddTo(command.Parameters, [.. wanted.Select(w => w.Access)]);
        var now = clock.GetUtcNow();
        var sights = wanted.Select(w => rules.SightOf(w.Access, now)).ToArray();
        void Sees<T>(Func<Sight, T> of) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = Array.ConvertAll(sights, sight => of(sight)) });
        Sees(sight => sight.All);
        Sees(sight => sight.Unattached);
        Sees(sight => sight.Denied);
        Sees(sight => sight.Assumed);
        Sees(sight => sight.PartiesText);
        Sees(sight => sight.OwnSourcesText);
        Sees(sight => sight.ClosedSourcesText);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        var found = new StoredResource?[wanted.Count];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (place, deleted) = (row.GetInt32(0) - 1, row.GetBoolean(3));
            found[place] = PatientCut.Of(new(wanted[place].Type, wanted[place].Id, row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(4), deleted, row.IsDBNull(5) ? null : row.GetString(5)), row.GetInt32(6));
        }

        for (var i = 0; i < wanted.Count; i++) wanted[i].Access.Trail.Outcome = found[i] is { Deleted: false } ? "success" : "none";
        return found;
    }
}

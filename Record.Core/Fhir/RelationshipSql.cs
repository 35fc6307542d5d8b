using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Writes what follows of resources' facts, in the statements' batch that writes the resources; and refuses writes about persons whom the caller may not open.</summary>
internal static class RelationshipSql
{
    // Before anything is written: a caller who may not open a person's record does not write to it either. A Patient that is not there yet is anybody's.
    private static readonly string RefuseSql = $"""
        select record.refuse_write() from (select distinct patient, string_to_array(party, E'\n') as parties from unnest($1::text[], $2::text[]) as w (patient, party)) w
        where exists (select from record.resource p where p.type = 'Patient' and p.id = w.patient and not p.deleted)
            and (select g.g & {Guard.Opens} = 0 from {AccessSql.Granted("w.patient", "w.parties", "$3")})
        """;

    // A hold on any source patient of the person holds all; one on an organisation holds what its sources have sent.
    private const string Hold = """
        select record.refuse_deletion() where exists (
            select from unnest($1::text[], $2::int[]) as w (patient, source) join record.legal_hold h on h.released_at is null
            and (h.patient = w.patient or w.source = any(h.sources)
                or h.patient in (select o.patient from record.link l join record.link o on o.person = l.person and o.current where l.patient = w.patient and l.current)))
        """;

    private const string Unrelate = "delete from record.relationship where rid = any($1)";

    private const string Relate = """
        insert into record.relationship (patient, party, kind, grants, since, until, rid)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[])
        """;

    /// <summary>Adds the statement that refuses; it stands before those that write.</summary>
    public static void Refuse(NpgsqlBatch batch, List<ResourceWriter.Ready> ready, IReadOnlySet<string>? made, DateTimeOffset at)
    {
        var about = ready.Where(r => r.Write.By is { WritesByRelationship: true })
            .SelectMany(r => new[] { r.Patient, r.PatientBefore }.OfType<string>().Where(patient => made?.Contains(patient) != true).Select(patient => (Patient: patient, r.Write.By!.PartiesText)))
            .Distinct().ToList();
        var deleted = ready.Where(r => r.Body is null).ToList();
        if (deleted.Count > 0) Add(batch, Hold, deleted.Select(r => r.Patient).ToArray(), deleted.Select(r => r.Source).ToArray());
        if (about.Count > 0) Add(batch, RefuseSql, about.Select(w => w.Patient).ToArray(), about.Select(w => w.PartiesText).ToArray(), at);
    }

    /// <summary>Adds the statement that takes back what the versions before said.</summary>
    public static void TakeBack(NpgsqlBatch batch, List<ResourceWriter.Ready> ready)
    {
        var stated = ready.Where(r => r.Existed && RelationshipFacts.MayState(r.Write.Type)).Select(r => r.Number).ToArray();
        if (stated.Length > 0) Add(batch, Unrelate, stated);
    }

    /// <summary>Adds the statement that writes what follows of resources' facts.</summary>
    public static void Write(NpgsqlBatch batch, IReadOnlyList<(long? Number, IReadOnlyList<RelationshipRow> Rows)> facts)
    {
        var rows = facts.SelectMany(fact => fact.Rows.Select(row => (fact.Number, Row: row))).ToList();
        if (rows.Count == 0) return;
        Add(batch, Relate, rows.Select(r => r.Row.Patient).ToArray(), rows.Select(r => r.Row.Party).ToArray(), rows.Select(r => r.Row.Kind).ToArray(), rows.Select(r => r.Row.Grants).ToArray(),
            rows.Select(r => r.Row.Since).ToArray(), rows.Select(r => r.Row.Until).ToArray(), rows.Select(r => r.Number).ToArray());
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}

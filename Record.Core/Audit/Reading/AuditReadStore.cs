using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Journeys;
using Record.Core.Organisations;
using Record.Core.Patients;

namespace Record.Core.Audit.Reading;

/// <summary>
/// The audit as privacy officers read it: their own staff and their own patients, and the whole access list of a person on whom their
/// organisation holds data. Reading it is itself audited.
/// </summary>
public sealed class AuditReadStore(NpgsqlDataSource database, AuditLog audit, CareSystem system)
{
    private const string FindPeople = """
        select distinct l.person from record.search_value v
        join record.resource r on r.rid = v.rid and r.type = 'Patient' and not r.deleted
        join record.match_subject s on s.patient = r.id and s.organisation = $1
        join record.link l on l.patient = r.id and l.current
        where v.parameter::int = record.search_parameter('Patient', 'identifier') and v.value = $2
        limit 20
        """;

    private const string OfPerson = """
        select l.patient, coalesce(s.organisation = $1, false), r.body from record.link l
        left join record.match_subject s on s.patient = l.patient
        left join record.resource r on r.type = 'Patient' and r.id = l.patient and not r.deleted
        where l.person = $2 and l.current order by 2 desc, l.patient
        """;

    /// <summary>What concerns the reader's own staff or patients.</summary>
    /// <param name="access">A privacy officer.</param>
    /// <param name="query">What is looked for.</param>
    /// <param name="interaction">What the row of this reading says was done.</param>
    /// <param name="text">The question as asked, for that row.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<Result<AuditPage>> Search(Access access, AuditQuery query, string interaction, string? text, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, interaction, cancellation);
        var page = await Page(access, query, false, cancellation);
        var shown = page.Seen.Where(seen => seen.PatientName is not null).Select(seen => seen.Patient!).Concat(query.Patients).Distinct();
        await audit.Write(new(access, 'E', interaction, "AuditEvent", null, text, "success", [.. shown]), cancellation);
        return page;
    }

    /// <summary>One event; NotFound if it is not the reader's to see.</summary>
    public async Task<Result<AuditSeen>> Read(Access access, string id, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "read", cancellation);
        var found = AuditQuery.Place(id) is { } one ? (await Page(access, new() { One = one, Count = 1 }, false, cancellation)).Seen : [];
        await audit.Write(new(access, 'R', "read", "AuditEvent", id, null, found.Count > 0 ? "success" : AuditErrors.NotFound.Code, found is [{ Patient: { } patient }] ? [patient] : []), cancellation);
        return found.Count > 0 ? found[0] : AuditErrors.NotFound;
    }

    /// <summary>A person's whole access list, whoever looked, for an organisation that holds data on them.</summary>
    public async Task<Result<AccessList>> OfPersonAsked(Access access, Guid person, AuditQuery query, CancellationToken cancellation)
    {
        const string Interaction = "access-list";
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, Interaction, cancellation);
        var found = await Person(access, person, cancellation);
        await audit.Write(new(access, 'R', Interaction, "Person", person.ToString(), null, found is null ? AuditErrors.NoPerson.Code : "success", found?.Patients ?? []), cancellation);
        return found is null ? AuditErrors.NoPerson : new AccessList(found, await Page(access, query with { Patients = found.Patients }, true, cancellation));
    }

    /// <summary>The people with that NHS number on whom the reader's organisation holds data.</summary>
    public async Task<Result<IReadOnlyList<AuditedPerson>>> People(Access access, NhsNumber number, CancellationToken cancellation)
    {
        const string Interaction = "access-list-search";
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, Interaction, cancellation);
        await using var command = database.CreateCommand(FindPeople);
        command.Parameters.Add(new() { Value = access.Organisation });
        command.Parameters.Add(new() { Value = number.Value });
        var persons = new List<Guid>();
        await using (var row = await command.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation)) persons.Add(row.GetGuid(0));
        var people = new List<AuditedPerson>();
        foreach (var person in persons)
            if (await Person(access, person, cancellation) is { } known) people.Add(known);
        await audit.Write(new(access, 'E', Interaction, "Person", null, $"identifier={number.Value}", "success", [.. people.SelectMany(known => known.Patients)]), cancellation);
        return people;
    }

    private async Task<RecordError> Refuse(Access access, string interaction, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'R', interaction, "AuditEvent", null, null, AuditErrors.Forbidden.Code, []), cancellation);
        return AuditErrors.Forbidden;
    }

    private async Task<AuditedPerson?> Person(Access access, Guid person, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfPerson);
        command.Parameters.Add(new() { Value = access.Organisation });
        command.Parameters.Add(new() { Value = person });
        var (patients, own) = (new List<string>(), new List<JsonObject>());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            patients.Add(row.GetString(0));
            if (row.GetBoolean(1) && !row.IsDBNull(2)) own.Add(JsonNode.Parse(row.GetFieldValue<byte[]>(2))!.AsObject());
        }

        if (own.Count == 0) return null;
        var best = own.OrderByDescending(patient => Demographics.NhsNumber(patient).Status == "01").First();
        return new(person, patients, Demographics.Name(best), best["birthDate"]?.GetValue<string>(), Demographics.NhsNumber(best).Number, own.Any(Demographics.IsSimulated));
    }

    private async Task<AuditPage> Page(Access access, AuditQuery query, bool whole, CancellationToken cancellation)
    {
        var hosts = system.Organisation(access.Organisation)?.HostsService ?? false;
        await using var command = AuditQuerySql.Of(database, access.Organisation, hosts, query, whole);
        var seen = new List<AuditSeen>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) seen.Add(Seen(row));
        return seen.Count > query.Count ? new(seen[..query.Count], seen[query.Count - 1].Id) : new(seen, null);
    }

    private static AuditSeen Seen(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new(row.GetInt64(0), row.GetInt32(1), Text(2), row.GetFieldValue<DateTimeOffset>(3), row.GetGuid(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8),
            row.GetString(9), Text(10), row.GetChar(11), row.GetString(12), Text(13), Text(14), Text(15), row.GetString(16))
        {
            Person = row.IsDBNull(17) ? null : row.GetGuid(17),
            PatientName = row.IsDBNull(18) ? null : Demographics.Name(JsonNode.Parse(row.GetFieldValue<byte[]>(18))!.AsObject()),
            BreakGlass = Text(19),
        };
    }
}

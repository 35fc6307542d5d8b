using Npgsql;
using Record.Core.Audit;
using Record.Core.Fhir;

namespace Record.Core;

/// <summary>A legal hold.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PlacedAt">When.</param>
/// <param name="PlacedBy">By whom.</param>
/// <param name="Patient">The source patient named; null where an organisation is held.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReleasedAt">When it ended.</param>
public sealed record LegalHold(Guid Id, DateTimeOffset PlacedAt, string PlacedBy, string? Patient, string Reason, DateTimeOffset? ReleasedAt);

/// <summary>Legal holds and subject access of each controller. All SQL of them is in this file.</summary>
public sealed class GovernanceStore(NpgsqlDataSource database, AuditLog audit, AccessRules rules, TimeProvider clock)
{
    private const string Place = """
        insert into record.legal_hold (id, placed_at, placed_by, organisation, patient, sources, reason) values ($1, $2, $3, $4, nullif($5, ''), $6, $7)
        """;

    private const string Holds = """
        select id, placed_at, placed_by, patient, reason, released_at from record.legal_hold where organisation = $1 order by placed_at desc limit 500
        """;

    private const string ReleaseSql = "update record.legal_hold set released_at = $3, released_by = $4 where id = $1 and organisation = $2 and released_at is null";

    // What the controller's own sources say of the person; the guard tells what is proposed to be withheld.
    private const string Items = """
        select r.type || '/' || r.id || '/' || r.version, r.guard from record.link l
        join record.resource r on r.patient_key = record.patient_key(l.patient) and r.patient = l.patient and not r.deleted
        where l.person = $1 and l.current and r.source = any($2) order by r.type, r.id
        """;

    private const string Prepare = """
        insert into record.subject_access (id, person, organisation, prepared_at, prepared_by, items, withheld) values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string ReviewSql = """
        update record.subject_access set state = 'reviewed', withheld = $3, note = $4, reviewed_at = $5, reviewed_by = $6
        where id = $1 and organisation = $2 and state <> 'released' and $3 <@ items
        """;

    private const string Release = """
        update record.subject_access set state = 'released', released_at = $3, released_by = $4 where id = $1 and organisation = $2 and state = 'reviewed'
        returning items, withheld
        """;

    private const string Bodies = """
        select convert_from(v.body, 'UTF8') from unnest($1::text[]) with ordinality as i (item, place)
        cross join lateral (
            select r.body from record.resource r where r.type = split_part(i.item, '/', 1) and r.id = split_part(i.item, '/', 2) and r.version = split_part(i.item, '/', 3)::int
            union all
            select h.body from record.resource_history h where h.type = split_part(i.item, '/', 1) and h.id = split_part(i.item, '/', 2) and h.version = split_part(i.item, '/', 3)::int) v
        order by i.place
        """;

    /// <summary>Places a hold on a person, or on all that the caller's organisation holds.</summary>
    /// <param name="access">A privacy officer.</param>
    /// <param name="patient">Id of a source Patient; null holds the organisation.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Stops before it is written.</param>
    public async Task<Result<Guid>> Hold(Access access, string? patient, string? reason, CancellationToken cancellation)
    {
        if (Refusal(access, reason) is { } error) return await Refuse(access, "legal-hold", error, cancellation);
        var id = Guid.CreateVersion7();
        await audit.Write(new(access, 'C', "legal-hold", patient is null ? null : "Patient", patient, null, "success", patient is null ? [] : [patient]), cancellation);
        await Run(Place, cancellation, id, clock.GetUtcNow(), access.User, access.Organisation, patient ?? "", patient is null ? Sources(access) : [], reason!.Trim());
        return id;
    }

    /// <summary>Ends a hold of the caller's organisation.</summary>
    public async Task<Result<Guid>> EndHold(Access access, Guid id, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "legal-hold", FhirErrors.Forbidden, cancellation);
        await audit.Write(new(access, 'U', "legal-hold", null, null, id.ToString(), "success", []), cancellation);
        return await Run(ReleaseSql, cancellation, id, access.Organisation, clock.GetUtcNow(), access.User) == 1 ? id : FhirErrors.NotFound;
    }

    /// <summary>The holds of the caller's organisation, newest first.</summary>
    public async Task<Result<IReadOnlyList<LegalHold>>> HoldsOf(Access access, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "legal-hold", FhirErrors.Forbidden, cancellation);
        await using var command = database.CreateCommand(Holds);
        command.Parameters.Add(new() { Value = access.Organisation });
        var found = new List<LegalHold>();
        await using (var row = await command.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation))
                found.Add(new(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5)));
        await audit.Write(new(access, 'R', "legal-hold", null, null, null, "success", [.. found.Select(hold => hold.Patient).OfType<string>()]), cancellation);
        return found;
    }

    /// <summary>Gathers what the caller's organisation holds of a person, for review: what is about others, or safeguarding, or hidden is proposed to be withheld.</summary>
    public async Task<Result<SubjectAccess>> PrepareFor(Access access, Guid person, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "subject-access", FhirErrors.Forbidden, cancellation);
        var (items, withheld) = (new List<string>(), new List<string>());
        await using (var command = database.CreateCommand(Items))
        {
            command.Parameters.Add(new() { Value = person });
            command.Parameters.Add(new() { Value = Sources(access) });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                items.Add(row.GetString(0));
                if ((row.GetInt64(1) & (Guard.Hidden | rules.ReviewedBeforeRelease)) != 0) withheld.Add(row.GetString(0));
            }
        }

        if (items.Count == 0) return await Refuse(access, "subject-access", FhirErrors.NotFound, cancellation);
        var prepared = new SubjectAccess(Guid.CreateVersion7(), person, items, withheld);
        await audit.Write(new(access, 'R', "subject-access-prepare", "Patient", null, person.ToString(), "success", PatientsOf(items)), cancellation);
        await Run(Prepare, cancellation, prepared.Id, person, access.Organisation, clock.GetUtcNow(), access.User, items.ToArray(), withheld.ToArray());
        return prepared;
    }

    /// <summary>Says which of the items are withheld, and why. What was not prepared cannot be named.</summary>
    public async Task<Result<Guid>> ReviewItems(Access access, Guid id, IReadOnlyCollection<string> withheld, string? note, CancellationToken cancellation)
    {
        if (Refusal(access, note) is { } error) return await Refuse(access, "subject-access", error, cancellation);
        await audit.Write(new(access, 'U', "subject-access-review", null, null, id.ToString(), "success", []), cancellation);
        return await Run(ReviewSql, cancellation, id, access.Organisation, withheld.ToArray(), note!.Trim(), clock.GetUtcNow(), access.User) == 1 ? id : FhirErrors.NotFound;
    }

    /// <summary>The items that are released, once, after a review: a FHIR Bundle as UTF-8 JSON.</summary>
    public async Task<Result<byte[]>> ReleaseItems(Access access, Guid id, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "subject-access", FhirErrors.Forbidden, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        string[] items;
        await using (var release = new NpgsqlCommand(Release, connection))
        {
            foreach (var value in (object[])[id, access.Organisation, clock.GetUtcNow(), access.User]) release.Parameters.Add(new() { Value = value });
            await using var row = await release.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation)) return AccessErrors.NotReviewed;
            items = [.. row.GetFieldValue<string[]>(0).Except(row.GetFieldValue<string[]>(1))];
        }

        var entries = new List<string>();
        await using (var bodies = new NpgsqlCommand(Bodies, connection) { Parameters = { new() { Value = items } } })
        await using (var row = await bodies.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation)) entries.Add($$"""{"resource":{{row.GetString(0)}}}""");
        await audit.Write(new(access, 'R', "subject-access-release", "Patient", null, id.ToString(), "success", PatientsOf(items)), cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return System.Text.Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"collection","entry":[{{string.Join(',', entries)}}]}""");
    }

    private static List<string> PatientsOf(IEnumerable<string> items) => [.. items.Where(item => item.StartsWith("Patient/", StringComparison.Ordinal)).Select(item => item.Split('/')[1])];

    private int[] Sources(Access access) => [.. (rules.System?.Sources ?? []).Where(source => source.Organisation == access.Organisation).Select(source => Guard.Source(source.Code))];

    private static RecordError? Refusal(Access access, string? reason) =>
        access.Role != Roles.PrivacyOfficer ? FhirErrors.Forbidden : string.IsNullOrWhiteSpace(reason) || reason.Trim().Length < 10 ? AccessErrors.WhyMissing : null;

    private async Task<RecordError> Refuse(Access access, string interaction, RecordError error, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'E', interaction, null, null, null, error.Code, []), cancellation);
        return error;
    }

    private async Task<int> Run(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>What was gathered for a subject-access request.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Person">Whose.</param>
/// <param name="Items"><c>Type/id/version</c> of each item.</param>
/// <param name="Withheld">Of these, what is proposed to be withheld.</param>
public sealed record SubjectAccess(Guid Id, Guid Person, IReadOnlyList<string> Items, IReadOnlyList<string> Withheld);

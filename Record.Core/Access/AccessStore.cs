using Npgsql;
using Record.Core.Audit;
using Record.Core.Fhir;

namespace Record.Core;

/// <summary>Relationships, break-glass and withheld items. All SQL of opening with a reason is in this file.</summary>
public sealed class AccessStore(NpgsqlDataSource database, AuditLog audit, AccessRules rules, TimeProvider clock)
{
    private const int MostShown = 200;

    private const string WithheldSql = """
        select r.guard & $3, count(*) from record.resource r
        where r.patient_key = any($1) and r.patient = any($2) and not r.deleted and r.guard & $3 <> 0 and r.guard & $4 = 0
            and ($5::int[] is null or r.source = any($5)) and r.source <> all($6)
        group by 1
        """;

    private const string Patients = """
        select distinct o.patient from record.link l join record.link o on o.person = l.person and o.current where l.current and (l.patient = $1 or l.person::text = $1)
        union select id from record.resource where type = 'Patient' and id = $1 and not deleted
        """;

    private const string Holders = "select distinct source from record.resource where type = 'Patient' and id = any($1)";

    private const string Open = """
        with opened as (
            insert into record.break_glass (id, at, until, actor, role, organisation, holders, patient, seal, reason, request)
            values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, ''), $10, $11) returning patient, until)
        insert into record.relationship (patient, party, kind, grants, since, until)
        select patient, $12, case when $9 = '' then 'break-glass' else 'seal' end, $13, $2, until from opened
        """;

    private const string Columns = "id, at, until, actor, role, organisation, holders, patient, seal, reason, reviewed_by, reviewed_at, finding";

    private const string Mine = $"""
        select {Columns} from record.break_glass where (organisation = $1 or $1 = any(holders)) and ($3 or reviewed_at is null) order by at desc limit $2
        """;

    private const string ReviewSql = $"""
        update record.break_glass set reviewed_by = $3, reviewed_at = $4, finding = $5
        where id = $1 and (organisation = $2 or $2 = any(holders)) and reviewed_at is null returning {Columns}
        """;

    private const string Rate = """
        select (select count(*) from record.break_glass b where b.seal is null and b.at >= $2 and (b.organisation = $1 or $1 = '')),
               (select count(*) from record.audit a where a.at >= $2 and a.interaction in ('journey', 'everything') and a.outcome = 'success' and a.role <> 'system' and (a.organisation = $1 or $1 = ''))
        """;

    /// <summary>How the caller stands to the person whom these source patients are.</summary>
    public async Task<Standing> StandingTo(Access access, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        var sight = rules.SightOf(access, clock.GetUtcNow());
        if (sight.All) return new(true, false, false, false, []);
        if (!sight.Patients || patients.Count == 0) return new(false, false, false, false, []);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var granted = (await StandingSql.Granted(connection, sight, clock.GetUtcNow(), patients, cancellation)).Values.Aggregate(0L, (all, one) => all | one);
        var open = ((granted | sight.Assumed) & Guard.Opens) != 0;
        var withheld = open ? await WithheldOf(connection, access, sight, sight.Withheld(granted), patients, cancellation) : [];
        return new(open, ((granted | sight.Assumed) & Guard.Opens) == Guard.BreakGlass, (granted & Guard.Restricted) != 0, (granted & Guard.Objects) != 0, withheld);
    }

    /// <summary>Opens a person's record without a relationship, for a limited time.</summary>
    /// <param name="access">Who.</param>
    /// <param name="patient">Id of a source Patient, or of a person.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Stops before it is written.</param>
    /// <returns>Until when.</returns>
    public async Task<Result<DateTimeOffset>> OpenRecord(Access access, string patient, string? reason, CancellationToken cancellation) =>
        await OpenFor(access, patient, "", Guard.BreakGlass, rules.BreakGlassFor, reason, cancellation);

    /// <summary>Opens one class of withheld items of a person whose record is open to the caller.</summary>
    public async Task<Result<DateTimeOffset>> OpenSeal(Access access, string patient, string seal, string? reason, CancellationToken cancellation)
    {
        if (rules.SealsFor(access).FirstOrDefault(known => known.Code == seal) is not { Bits: not 0 } found) return await Refuse(access, AccessErrors.UnknownSeal, cancellation);
        return await OpenFor(access, patient, seal, found.Bits, rules.SealFor, reason, cancellation);
    }

    /// <summary>What was opened with a reason by staff of the caller's organisation or in its record, newest first.</summary>
    public async Task<Result<IReadOnlyList<BreakGlass>>> ForReview(Access access, bool reviewedToo, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, FhirErrors.Forbidden, cancellation);
        await using var command = database.CreateCommand(Mine);
        command.Parameters.Add(new() { Value = access.Organisation });
        command.Parameters.Add(new() { Value = MostShown });
        command.Parameters.Add(new() { Value = reviewedToo });
        var found = await Read(command, cancellation);
        await audit.Write(new(access, 'R', "break-glass-review", null, null, null, "success", [.. found.Select(one => one.Patient).Distinct()]), cancellation);
        return Result<IReadOnlyList<BreakGlass>>.Of(found);
    }

    /// <summary>Says what a look at an opening found. Once.</summary>
    public async Task<Result<BreakGlass>> Review(Access access, Guid id, string? finding, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, FhirErrors.Forbidden, cancellation);
        if (string.IsNullOrWhiteSpace(finding)) return AccessErrors.WhyMissing;
        await using var command = database.CreateCommand(ReviewSql);
        foreach (var value in (object[])[id, access.Organisation, access.User, clock.GetUtcNow(), finding.Trim()]) command.Parameters.Add(new() { Value = value });
        var found = await Read(command, cancellation);
        await audit.Write(new(access, 'U', "break-glass-review", null, null, null, found.Count == 1 ? "success" : FhirErrors.NotFound.Code, [.. found.Select(one => one.Patient)]), cancellation);
        return found.Count == 1 ? found[0] : FhirErrors.NotFound;
    }

    /// <summary>Break-glass per thousand opened records of the caller's organisation since a time; of all for our own services.</summary>
    public async Task<Result<BreakGlassRate>> BreakGlassRate(Access access, DateTimeOffset since, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer && !access.IsSystem) return await Refuse(access, FhirErrors.Forbidden, cancellation);
        await using var command = database.CreateCommand(Rate);
        command.Parameters.Add(new() { Value = access.IsSystem ? "" : access.Organisation });
        command.Parameters.Add(new() { Value = since });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        var (broken, opens) = (row.GetInt64(0), row.GetInt64(1));
        return new BreakGlassRate(broken, opens, opens == 0 ? null : Math.Round(1000.0 * broken / opens, 1), rules.AlarmPerThousand);
    }

    private async Task<Result<DateTimeOffset>> OpenFor(Access access, string patient, string seal, long grants, TimeSpan time, string? reason, CancellationToken cancellation)
    {
        if (!access.IsClinical) return await Refuse(access, AccessErrors.NotClinical, cancellation);
        if (reason?.Trim() is not { Length: >= 10 } why) return await Refuse(access, AccessErrors.WhyMissing, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var patients = await Texts(connection, Patients, patient, cancellation);
        if (patients.Count == 0) return await Refuse(access, FhirErrors.NotFound, cancellation);
        if (seal.Length > 0 && !(await StandingTo(access, patients, cancellation)).MayOpen) return await Refuse(access, AccessErrors.NoRelationship, cancellation);
        var (now, named) = (clock.GetUtcNow(), patients.Contains(patient) ? patient : patients[0]);
        await audit.Write(new(access, 'E', seal.Length > 0 ? "open-seal" : "break-glass", "Patient", named, seal, "success", patients), cancellation); // nothing is opened that was not recorded
        await using var command = new NpgsqlCommand(Open, connection);
        foreach (var value in (object[])[Guid.CreateVersion7(), now, now + time, access.User, access.Role, access.Organisation, await HoldersOf(connection, patients, cancellation), named, seal, why, access.Request,
            $"user:{access.User.ReplaceLineEndings(" ")}", grants]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        return now + time;
    }

    private async Task<RecordError> Refuse(Access access, RecordError error, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'E', "break-glass", "Patient", null, null, error.Code, []), cancellation);
        return error;
    }

    private async Task<List<Withheld>> WithheldOf(NpgsqlConnection connection, Access access, Sight sight, long withheld, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        var seals = rules.SealsFor(access).Where(seal => (seal.Bits & withheld) != 0).ToList();
        var bits = seals.Aggregate(0L, (all, seal) => all | seal.Bits);
        await using var command = new NpgsqlCommand(WithheldSql, connection);
        foreach (var value in (object[])[patients.Select(PatientKey.Of).ToArray(), patients.ToArray(), bits, withheld & ~bits & ~Guard.Foreign]) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = (withheld & Guard.Foreign) != 0 ? sight.OwnSources : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = sight.ClosedSources });
        var counts = new List<(long Bits, long Count)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) counts.Add((row.GetInt64(0), row.GetInt64(1)));
        return [.. seals.Select(seal => new Withheld(seal.Code, seal.Name, counts.Where(count => (count.Bits & seal.Bits) != 0).Sum(count => count.Count))).Where(one => one.Count > 0)];
    }

    private async Task<string[]> HoldersOf(NpgsqlConnection connection, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Holders, connection) { Parameters = { new() { Value = patients.ToArray() } } };
        var sources = new List<int>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) sources.Add(row.GetInt32(0));
        return [.. (rules.System?.Sources ?? []).Where(source => sources.Contains(Guard.Source(source.Code))).Select(source => source.Organisation).Distinct()];
    }

    private static async Task<List<string>> Texts(NpgsqlConnection connection, string sql, string value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        var found = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(row.GetString(0));
        return found;
    }

    private static async Task<List<BreakGlass>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<BreakGlass>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        string? Text(int i) => row.IsDBNull(i) ? null : row.GetString(i);
        while (await row.ReadAsync(cancellation))
            found.Add(new(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetFieldValue<string[]>(6),
                row.GetString(7), Text(8), row.GetString(9), Text(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11), Text(12)));
        return found;
    }
}

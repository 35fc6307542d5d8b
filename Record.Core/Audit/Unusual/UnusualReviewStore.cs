using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Audit.Reading;
using Record.Core.Journeys;

namespace Record.Core.Audit.Unusual;

/// <summary>Access raised for review, as a privacy officer sees it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Rule">The rule that raised it.</param>
/// <param name="Actor">The user.</param>
/// <param name="ActorName">Their name, where the register has it.</param>
/// <param name="Role">Their role.</param>
/// <param name="Organisation">Their organisation: its privacy officer decides.</param>
/// <param name="Why">A sentence.</param>
/// <param name="FirstAt">First access.</param>
/// <param name="LastAt">Last access so far.</param>
/// <param name="Seen">How many accesses.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="Decision"><c>justified</c>, <c>not-justified</c>, or null: open.</param>
/// <param name="Note">Why it was decided so.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
public sealed record UnusualAccess(
    Guid Id, string Rule, string Actor, string? ActorName, string Role, string Organisation, string Why, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Seen, DateTimeOffset RaisedAt,
    string? Decision, string? Note, string? DecidedBy, DateTimeOffset? DecidedAt)
{
    /// <summary>Names of those of the reader's patients whom it is about; the first five.</summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>How many source records it is about.</summary>
    public int Patients { get; init; }

    /// <summary>Persons whose access lists the reader may open.</summary>
    public IReadOnlyList<Guid> Persons { get; init; } = [];

    /// <summary>Whether the reader's organisation decides.</summary>
    public bool Mine { get; init; }

    /// <summary>Whether somebody in it is invented.</summary>
    public bool Simulated { get; init; }
}

/// <summary>Lists and decides unusual access: of one's own staff, and of one's own patients. All SQL of the review is in this file.</summary>
public sealed class UnusualReviewStore(NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    private const string Columns = """
        u.id, u.rule, u.actor, (select s.name from record.staff s where s.actor = u.actor), u.role, u.organisation, u.why, u.first_at, u.last_at, u.seen, u.raised_at,
            u.decision, u.note, u.decided_by, u.decided_at, cardinality(u.patients), u.patients,
            array(select r.body from record.resource r join record.match_subject s on s.patient = r.id and s.organisation = $1 where r.type = 'Patient' and r.id = any(u.patients) and not r.deleted limit 5),
            array(select distinct l.person from record.link l join record.match_subject s on s.patient = l.patient and s.organisation = $1 where l.patient = any(u.patients) and l.current limit 5)
        """;

    private const string Visible = """
        (u.organisation = $1 or exists (select from record.match_subject s where s.patient = any(u.patients) and s.organisation = $1))
        """;

    private const string ListSql = $"select {Columns} from record.unusual_access u where {Visible} and (u.decision is null) = $2 order by u.raised_at desc, u.id limit $3";

    private const string OneSql = $"select {Columns} from record.unusual_access u where {Visible} and u.id = $2";

    private const string DecideSql = """
        update record.unusual_access set decision = $3, note = $4, decided_by = $5, decided_at = $6 where id = $1 and organisation = $2 and decision is null
        """;

    private const int Most = 200;

    /// <summary>What is open, or what was decided last.</summary>
    public async Task<Result<IReadOnlyList<UnusualAccess>>> List(Access access, bool open, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "unusual-list", cancellation);
        await using var command = database.CreateCommand(ListSql);
        foreach (var value in (object[])[access.Organisation, open, Most]) command.Parameters.Add(new() { Value = value });
        var (found, patients) = await Read(access, command, cancellation);
        await audit.Write(new(access, 'R', "unusual-list", "AuditEvent", null, null, "success", patients), cancellation);
        return found;
    }

    /// <summary>One.</summary>
    public async Task<Result<UnusualAccess>> One(Access access, Guid id, CancellationToken cancellation)
    {
        if (access.Role != Roles.PrivacyOfficer) return await Refuse(access, "unusual-read", cancellation);
        await using var command = database.CreateCommand(OneSql);
        foreach (var value in (object[])[access.Organisation, id]) command.Parameters.Add(new() { Value = value });
        var (found, patients) = await Read(access, command, cancellation);
        await audit.Write(new(access, 'R', "unusual-read", "AuditEvent", id.ToString(), null, found.Count > 0 ? "success" : AuditErrors.NotFound.Code, patients), cancellation);
        return found.Count > 0 ? found[0] : AuditErrors.NotFound;
    }

    /// <summary>Decides, once, with a reason.</summary>
    public async Task<Result<UnusualAccess>> Decide(Access access, Guid id, string? decision, string? note, CancellationToken cancellation)
    {
        if (!(await One(access, id, cancellation)).TryGet(out var open, out var error)) return error;
        if (!open.Mine) return AuditErrors.NotYours;
        if (decision is not ("justified" or "not-justified")) return AuditErrors.NoDecision;
        if (string.IsNullOrWhiteSpace(note)) return AuditErrors.NoNote;
        await using var command = database.CreateCommand(DecideSql);
        foreach (var value in (object[])[id, access.Organisation, decision, note.Trim(), access.User, clock.GetUtcNow()]) command.Parameters.Add(new() { Value = value });
        var decided = await command.ExecuteNonQueryAsync(cancellation) == 1;
        await audit.Write(new(access, 'U', "unusual-decide", "AuditEvent", id.ToString(), null, decided ? "success" : AuditErrors.Decided.Code, []), CancellationToken.None);
        return decided ? await One(access, id, cancellation) : AuditErrors.Decided;
    }

    private async Task<RecordError> Refuse(Access access, string interaction, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'R', interaction, "AuditEvent", null, null, AuditErrors.Forbidden.Code, []), cancellation);
        return AuditErrors.Forbidden;
    }

    private static async Task<(List<UnusualAccess> Found, HashSet<string> Patients)> Read(Access access, NpgsqlCommand command, CancellationToken cancellation)
    {
        var (found, patients) = (new List<UnusualAccess>(), new HashSet<string>());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync(cancellation))
        {
            patients.UnionWith(row.GetFieldValue<string[]>(16));
            var people = row.GetFieldValue<byte[][]>(17).Select(body => JsonNode.Parse(body)!.AsObject()).ToList();
            found.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), Text(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7),
                row.GetFieldValue<DateTimeOffset>(8), row.GetInt32(9), row.GetFieldValue<DateTimeOffset>(10), Text(11), Text(12), Text(13), row.IsDBNull(14) ? null : row.GetFieldValue<DateTimeOffset>(14))
            {
                People = [.. people.Select(Demographics.Name).OfType<string>().Distinct()], Patients = row.GetInt32(15), Persons = row.GetFieldValue<Guid[]>(18),
                Mine = row.GetString(5) == access.Organisation, Simulated = people.Any(Demographics.IsSimulated),
            });
        }

        return (found, patients);
    }
}

using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;

namespace Record.Core.Pathways;

/// <summary>A clock as it stands on a person's page and in figures.</summary>
public sealed record ClockRow(
    string Rule, int RuleVersion, string Reading, string Encounter, string? Team, string Organisation, DateTimeOffset StartedAt,
    DateTimeOffset? DueAt, DateTimeOffset? ClosedAt, string? ClosedBy, string Outcome, string? Reason);

/// <summary>Reads and writes pathway clocks. All SQL of pathways is in this file.</summary>
public sealed class ClockStore(NpgsqlDataSource database)
{
    // Patients of these persons, if the person has, or had, what a rule is about.
    private const string Concerned = """
        select l.person, array_agg(distinct l.patient) from record.link l
        where l.current and l.person = any($1)
        group by l.person
        having bool_or(exists (
            select from record.search_value s where s.patient = record.patient_key(l.patient) and s.parameter = record.search_parameter('Encounter', 'type') and s.value = any($2)))
            or exists (select from record.pathway_clock c where c.person = l.person)
        """;

    private const string Known = "select rule, reading, encounter from record.pathway_clock where person = any($1)";

    private const string Save = """
        insert into record.pathway_clock as c (rule, rule_version, reading, encounter, person, patient, team, organisation, started_at, due_at,
            closed_at, closed_by, outcome, reason, simulated, evaluated_at, next_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        on conflict (rule, reading, encounter) do update set
            rule_version = excluded.rule_version, person = excluded.person, patient = excluded.patient, team = excluded.team,
            organisation = excluded.organisation, started_at = excluded.started_at, due_at = excluded.due_at, closed_at = excluded.closed_at,
            closed_by = excluded.closed_by, outcome = excluded.outcome, reason = excluded.reason, simulated = excluded.simulated,
            evaluated_at = excluded.evaluated_at, next_at = excluded.next_at
        """;

    private const string Remove = "delete from record.pathway_clock where rule = $1 and reading = $2 and encounter = $3 and person = $4";

    private const string DueSql = "select distinct person from record.pathway_clock where next_at <= $1 limit $2";

    private const string OfPerson = """
        select rule, rule_version, reading, encounter, team, organisation, started_at, due_at, closed_at, closed_by, outcome, reason
        from record.pathway_clock where person = $1 order by started_at desc, reading
        """;

    /// <summary>The clocks of a person, newest first.</summary>
    public async Task<IReadOnlyList<ClockRow>> Of(Access access, Guid person, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return [];
        await using var command = database.CreateCommand(OfPerson);
        command.Parameters.Add(new() { Value = person });
        var clocks = new List<ClockRow>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        DateTimeOffset? Time(int i) => row.IsDBNull(i) ? null : row.GetFieldValue<DateTimeOffset>(i);
        string? Text(int i) => row.IsDBNull(i) ? null : row.GetString(i);
        while (await row.ReadAsync(cancellation))
            clocks.Add(new(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), Text(4), row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6), Time(7), Time(8), Text(9), row.GetString(10), Text(11)));
        return clocks;
    }

    /// <summary>Persons of whom time alone has changed a clock's outcome.</summary>
    public async Task<IReadOnlyList<Guid>> Due(Access access, DateTimeOffset now, int count, CancellationToken cancellation)
    {
        if (!access.IsSystem) return [];
        await using var command = database.CreateCommand(DueSql);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = count });
        var persons = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) persons.Add(row.GetGuid(0));
        return persons;
    }

    /// <summary>Which of these persons the rules are about, with their source patients.</summary>
    internal static async Task<Dictionary<Guid, string[]>> PatientsConcerned(RecordTransaction transaction, Guid[] persons, string[] placeKinds, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Concerned, transaction.Connection) { Parameters = { new() { Value = persons }, new() { Value = placeKinds } } };
        var found = new Dictionary<Guid, string[]>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found[row.GetGuid(0)] = row.GetFieldValue<string[]>(1);
        return found;
    }

    /// <summary>Replaces the clocks of persons: what a rule no longer says is removed.</summary>
    internal static async Task Replace(
        RecordTransaction transaction, Guid[] persons, IReadOnlyList<(PathwayRule Rule, Guid Person, Clock Clock)> clocks, DateTimeOffset now, CancellationToken cancellation)
    {
        var gone = await KnownOf(transaction, persons, cancellation);
        await using var batch = new NpgsqlBatch(transaction.Connection);
        foreach (var (rule, person, clock) in clocks)
        {
            gone.Remove((rule.Id, clock.Reading, clock.Started.Encounter));
            batch.BatchCommands.Add(Saving(rule, person, clock, now));
        }

        foreach (var ((rule, reading, encounter), _) in gone)
            foreach (var person in persons)
                batch.BatchCommands.Add(new(Remove) { Parameters = { new() { Value = rule }, new() { Value = reading }, new() { Value = encounter }, new() { Value = person } } });
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<(string, string, string), bool>> KnownOf(RecordTransaction transaction, Guid[] persons, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Known, transaction.Connection) { Parameters = { new() { Value = persons } } };
        var known = new Dictionary<(string, string, string), bool>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) known[(row.GetString(0), row.GetString(1), row.GetString(2))] = true;
        return known;
    }

    private static NpgsqlBatchCommand Saving(PathwayRule rule, Guid person, Clock clock, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Save);
        void Bind(object? value, NpgsqlDbType type) => command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        Bind(rule.Id, NpgsqlDbType.Text);
        Bind(rule.Version, NpgsqlDbType.Integer);
        Bind(clock.Reading, NpgsqlDbType.Text);
        Bind(clock.Started.Encounter, NpgsqlDbType.Text);
        Bind(person, NpgsqlDbType.Uuid);
        Bind(clock.Started.Patient, NpgsqlDbType.Text);
        Bind(clock.Started.Team, NpgsqlDbType.Text);
        Bind(clock.Started.Provider, NpgsqlDbType.Text);
        Bind((clock.Started.End ?? clock.Started.Start)?.From ?? now, NpgsqlDbType.TimestampTz);
        Bind(clock.DueAt, NpgsqlDbType.TimestampTz);
        Bind(clock.ClosedAt, NpgsqlDbType.TimestampTz);
        Bind(clock.ClosedBy, NpgsqlDbType.Text);
        Bind(clock.Outcome, NpgsqlDbType.Text);
        Bind(clock.Reason, NpgsqlDbType.Text);
        Bind(clock.Started.Simulated, NpgsqlDbType.Boolean);
        Bind(now, NpgsqlDbType.TimestampTz);
        Bind(clock.NextAt, NpgsqlDbType.TimestampTz);
        return command;
    }
}

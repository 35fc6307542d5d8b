using Npgsql;
using Record.Core.Fhir;

namespace Record.Core.Identity;

/// <summary>A current link: which person a source patient is, and who or what says so.</summary>
/// <param name="Patient">Id of the source Patient.</param>
/// <param name="Person">The person.</param>
/// <param name="Method">
/// <c>own</c> (nobody else yet), <c>nhs-number</c> (verified number and agreeing demographics), <c>weight</c> (all fields together),
/// <c>source-merge</c> (its source says so), <c>steward</c> (a human decided), <c>held</c> (may be two people).
/// </param>
/// <param name="DecidedBy">Service or user.</param>
/// <param name="DecidedAt">When.</param>
public sealed record PatientLink(string Patient, Guid Person, string Method, string DecidedBy, DateTimeOffset DecidedAt)
{
    /// <summary>The weight it was linked by, if it was.</summary>
    public double? Score { get; init; }
}

/// <summary>Reads and writes links between source patients and persons. All SQL of identity is in this file.</summary>
public sealed class LinkStore(NpgsqlDataSource database)
{
    private const string Columns = "l.patient, l.person, l.method, l.decided_by, l.decided_at, l.score::double precision";

    private const string OfPerson = $"select {Columns} from record.link l where l.person = $1 and l.current order by l.decided_at, l.patient";

    private const string OfPersons = $"select {Columns} from record.link l where l.person = any($1) and l.current order by l.decided_at, l.patient";

    private const string OfPatients = $"select {Columns} from record.link l where l.patient = any($1) and l.current";

    private const string Supersede = "update record.link set current = false where patient = $1 and current returning id, person";

    private const string AddPerson = "insert into record.person (id, created_at) values ($1, $2) on conflict do nothing";

    private const string AddLink = """
        insert into record.link (id, patient, person, method, decided_by, decided_at, supersedes, score) values ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string Touched = "select distinct id from record.change where patient = any($1) and type = 'Task' and cause = 'api'";

    private const string Append = """
        insert into record.person_change (partition, type, id, version, patient, person, cause, at)
        values (1 + (hashtext($5::text) & 7), $1, $2, $3, $4, $5, $6, $7)
        """;

    /// <summary>The source patients that are this person.</summary>
    public async Task<IReadOnlyList<PatientLink>> PatientsOf(Access access, Guid person, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return [];
        await using var command = database.CreateCommand(OfPerson);
        command.Parameters.Add(new() { Value = person });
        return await ReadLinks(command, cancellation);
    }

    /// <summary>The persons that these source patients are.</summary>
    public async Task<IReadOnlyList<PatientLink>> PersonsOf(Access access, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return [];
        await using var command = database.CreateCommand(OfPatients);
        command.Parameters.Add(new() { Value = patients.ToArray() });
        return await ReadLinks(command, cancellation);
    }

    /// <summary>The current links of source patients, as a transaction sees them.</summary>
    internal static async Task<Dictionary<string, PatientLink>> Current(RecordTransaction transaction, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(OfPatients, transaction.Connection) { Parameters = { new() { Value = patients.ToArray() } } };
        return (await ReadLinks(command, cancellation)).ToDictionary(link => link.Patient);
    }

    /// <summary>The source patients of a person, as a transaction sees them.</summary>
    internal static async Task<IReadOnlyList<PatientLink>> PatientsIn(RecordTransaction transaction, Guid person, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(OfPerson, transaction.Connection) { Parameters = { new() { Value = person } } };
        return await ReadLinks(command, cancellation);
    }

    /// <summary>The source patients of several persons, as a transaction sees them.</summary>
    internal static async Task<IReadOnlyList<PatientLink>> PatientsIn(RecordTransaction transaction, IReadOnlyCollection<Guid> persons, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(OfPersons, transaction.Connection) { Parameters = { new() { Value = persons.ToArray() } } };
        return await ReadLinks(command, cancellation);
    }

    /// <summary>Links a source patient to a person and supersedes the link before. Returns the person it was linked to, if any.</summary>
    internal static async Task<Guid?> Link(RecordTransaction transaction, PatientLink link, CancellationToken cancellation)
    {
        Guid? superseded = null, before = null;
        await using (var old = new NpgsqlCommand(Supersede, transaction.Connection) { Parameters = { new() { Value = link.Patient } } })
        await using (var row = await old.ExecuteReaderAsync(cancellation))
            if (await row.ReadAsync(cancellation)) (superseded, before) = (row.GetGuid(0), row.GetGuid(1));
        await using var batch = new NpgsqlBatch(transaction.Connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(AddPerson) { Parameters = { new() { Value = link.Person }, new() { Value = link.DecidedAt } } },
                new NpgsqlBatchCommand(AddLink)
                {
                    Parameters =
                    {
                        new() { Value = Guid.CreateVersion7() }, new() { Value = link.Patient }, new() { Value = link.Person }, new() { Value = link.Method },
                        new() { Value = link.DecidedBy }, new() { Value = link.DecidedAt }, new() { Value = (object?)superseded ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
                        new() { Value = (object?)link.Score ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Double },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        return before;
    }

    /// <summary>Appends changes to the stream that everything belonging to a person reads.</summary>
    internal static async Task AppendToPersons(
        RecordTransaction transaction, IEnumerable<(string Type, string Id, int Version, string Patient, Guid Person, string Cause, DateTimeOffset At)> changes, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        foreach (var (type, id, version, patient, person, cause, at) in changes)
            batch.BatchCommands.Add(new(Append)
            {
                Parameters =
                {
                    new() { Value = type }, new() { Value = id }, new() { Value = version }, new() { Value = patient },
                    new() { Value = person }, new() { Value = cause }, new() { Value = at },
                },
            });
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The tasks of source patients that a human has touched.</summary>
    internal static async Task<HashSet<string>> TouchedTasks(RecordTransaction transaction, string[] patients, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Touched, transaction.Connection) { Parameters = { new() { Value = patients } } };
        var tasks = new HashSet<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) tasks.Add(row.GetString(0));
        return tasks;
    }

    private static async Task<IReadOnlyList<PatientLink>> ReadLinks(NpgsqlCommand command, CancellationToken cancellation)
    {
        var links = new List<PatientLink>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            links.Add(new(row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)) { Score = row.IsDBNull(5) ? null : row.GetDouble(5) });
        return links;
    }
}

using Npgsql;
using Record.Core.Fhir;

namespace Record.Core.Identity;

/// <summary>A current link: which person a source patient is, and who or what says so.</summary>
/// <param name="Patient">Id of the source Patient.</param>
/// <param name="Person">The person.</param>
/// <param name="Method"><c>own</c> (nobody else yet), <c>nhs-number</c> (verified number and date of birth).</param>
/// <param name="DecidedBy">Service or user.</param>
/// <param name="DecidedAt">When.</param>
public sealed record PatientLink(string Patient, Guid Person, string Method, string DecidedBy, DateTimeOffset DecidedAt);

/// <summary>Reads and writes links between source patients and persons. All SQL of identity is in this file.</summary>
public sealed class LinkStore(NpgsqlDataSource database)
{
    private const string Columns = "l.patient, l.person, l.method, l.decided_by, l.decided_at";

    private const string OfPerson = $"select {Columns} from record.link l where l.person = $1 and l.current order by l.decided_at, l.patient";

    private const string OfPatients = $"select {Columns} from record.link l where l.patient = any($1) and l.current";

    private const string SetKey = """
        insert into record.match_key (patient, nhs_number, birth_date) values ($1, $2, $3)
        on conflict (patient) do update set nhs_number = excluded.nhs_number, birth_date = excluded.birth_date
        where (match_key.nhs_number, match_key.birth_date) <> (excluded.nhs_number, excluded.birth_date)
        """;

    private const string DropKey = "delete from record.match_key where patient = $1";

    // Serialises those who link the same number, so that two at once never make two persons.
    private const string LockNumber = "select pg_advisory_xact_lock(hashtextextended($1, 811))";

    private const string Match = """
        select l.person from record.match_key k
        join record.link l on l.patient = k.patient and l.current
        where k.nhs_number = $1 and k.birth_date = $2 and k.patient <> $3
        order by l.decided_at, l.person
        limit 1
        """;

    private const string Supersede = "update record.link set current = false where patient = $1 and current returning id, person";

    private const string AddPerson = "insert into record.person (id, created_at) values ($1, $2) on conflict do nothing";

    private const string AddLink = """
        insert into record.link (id, patient, person, method, decided_by, decided_at, supersedes) values ($1, $2, $3, $4, $5, $6, $7)
        """;

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

    /// <summary>Keeps what a source patient can be matched by; null forgets it.</summary>
    internal static async Task SetMatchKey(RecordTransaction transaction, string patient, MatchKey? key, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(key is null ? DropKey : SetKey, transaction.Connection) { Parameters = { new() { Value = patient } } };
        if (key is not null)
        {
            command.Parameters.Add(new() { Value = key.NhsNumber });
            command.Parameters.Add(new() { Value = key.BirthDate });
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The person whom another source patient with the same key is; holds the number until the transaction ends.</summary>
    internal static async Task<Guid?> FindMatch(RecordTransaction transaction, string patient, MatchKey key, CancellationToken cancellation)
    {
        await using (var hold = new NpgsqlCommand(LockNumber, transaction.Connection) { Parameters = { new() { Value = key.NhsNumber } } })
            await hold.ExecuteNonQueryAsync(cancellation);
        await using var command = new NpgsqlCommand(Match, transaction.Connection)
        {
            Parameters = { new() { Value = key.NhsNumber }, new() { Value = key.BirthDate }, new() { Value = patient } },
        };
        return await command.ExecuteScalarAsync(cancellation) as Guid?;
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

    private static async Task<IReadOnlyList<PatientLink>> ReadLinks(NpgsqlCommand command, CancellationToken cancellation)
    {
        var links = new List<PatientLink>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            links.Add(new(row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)));
        return links;
    }
}

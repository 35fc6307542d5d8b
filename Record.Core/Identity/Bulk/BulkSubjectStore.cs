using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>A Patient as it is stored.</summary>
internal sealed record PatientBody(string Id, byte[] Body);

/// <summary>How many narrow blocks of a record were too large.</summary>
internal sealed record CrowdedRecord(string Patient, int Blocks);

/// <summary>A record to be entered: what is compared, its keys, and what is kept beside.</summary>
internal sealed record EnteredSubject(string Patient, string Features, long[] Keys, About About);

/// <summary>A record as a run finds it; no person: not linked yet.</summary>
internal sealed record FoundSubject(long Number, MatchSubject Subject, bool Held, Guid? Person, string? Method, double? Score);

/// <summary>Enters records and their blocks by the thousand, and reads them. All SQL of that is in this file.</summary>
internal static class BulkSubjectStore
{
    // Both sides begin at the place: read from its beginning for every page, what was entered took longer and longer.
    private const string PatientsSql = """
        select r.id, r.body from record.resource r
        where r.type = 'Patient' and r.id > $1 and not r.deleted and not exists (select from record.match_subject s where s.patient = r.id and s.patient > $1)
        order by r.id limit $2
        """;

    private const string SubjectsIn = """
        copy record.match_subject (patient, features, keys, organisation, ethnicity) from stdin (format binary)
        """;

    private const string BlocksIn = """
        copy record.match_block (key, subject) from stdin (format binary)
        """;

    private const string FoundSql = """
        select s.number, s.features, s.held, l.person, l.method, l.score::double precision
        from record.match_subject s left join record.link l on l.patient = s.patient and l.current
        where s.number > $1 order by s.number limit $2
        """;

    // Crowding is known when a record is linked; few are crowded.
    private const string CrowdedSql = """
        update record.match_subject s set crowded = c.crowded from unnest($1::text[], $2::smallint[]) c (patient, crowded) where s.patient = c.patient and s.crowded <> c.crowded
        """;

    private static readonly byte[] Head = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Patients that have not been entered, by id.</summary>
    public static async Task<List<PatientBody>> Patients(RecordTransaction transaction, string after, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(PatientsSql, transaction.Connection) { Parameters = { new() { Value = after }, new() { Value = most } } };
        var patients = new List<PatientBody>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) patients.Add(new(row.GetString(0), row.GetFieldValue<byte[]>(1)));
        return patients;
    }

    /// <summary>Enters records; they are numbered in this order.</summary>
    public static async Task Enter(RecordTransaction transaction, IReadOnlyList<EnteredSubject> subjects, CancellationToken cancellation)
    {
        await using var copy = await transaction.Connection.BeginBinaryImportAsync(SubjectsIn, cancellation);
        foreach (var subject in subjects)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(subject.Patient, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(subject.Features, NpgsqlDbType.Jsonb, cancellation);
            await copy.WriteAsync(subject.Keys, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellation);
            await Text(copy, subject.About.Organisation, cancellation);
            await Text(copy, subject.About.Ethnicity, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    /// <summary>Enters a span of sorted keys, those of records that are not linked yet; sorted, because then the index grows at its end.</summary>
    public static async Task EnterBlocks(RecordTransaction transaction, SortedKeys keys, LinkSet set, int from, int to, CancellationToken cancellation)
    {
        await using var copy = await transaction.Connection.BeginRawBinaryCopyAsync(BlocksIn, cancellation);
        await copy.WriteAsync(Head, cancellation);
        const int size = 26;
        var rows = new byte[2000 * size];
        for (var place = from; place < to;)
        {
            var filled = 0;
            for (; place < to && filled < rows.Length; place++)
            {
                var (key, record) = keys[place];
                if (record < set.Linked) continue;
                var row = rows.AsSpan(filled, size);
                BinaryPrimitives.WriteInt16BigEndian(row, 2);
                BinaryPrimitives.WriteInt32BigEndian(row[2..], 8);
                BinaryPrimitives.WriteInt64BigEndian(row[6..], key);
                BinaryPrimitives.WriteInt32BigEndian(row[14..], 8);
                BinaryPrimitives.WriteInt64BigEndian(row[18..], set.Numbers[record]);
                filled += size;
            }

            await copy.WriteAsync(rows.AsMemory(0, filled), cancellation);
        }

        await copy.WriteAsync(new byte[] { 0xFF, 0xFF }, cancellation);
    }

    /// <summary>Records by their numbers.</summary>
    public static async Task<List<FoundSubject>> Found(RecordTransaction transaction, long after, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FoundSql, transaction.Connection) { Parameters = { new() { Value = after }, new() { Value = most } } };
        var found = new List<FoundSubject>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            found.Add(new(row.GetInt64(0), MatchStore.Read(row.GetString(1)), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetGuid(3), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetDouble(5)));
        return found;
    }

    /// <summary>Notes how many narrow blocks of a record were too large.</summary>
    public static async Task NoteCrowded(RecordTransaction transaction, IReadOnlyList<CrowdedRecord> crowded, CancellationToken cancellation)
    {
        if (crowded.Count == 0) return;
        await using var command = new NpgsqlCommand(CrowdedSql, transaction.Connection)
        {
            Parameters = { new() { Value = crowded.Select(record => record.Patient).ToArray() }, new() { Value = crowded.Select(record => (short)record.Blocks).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task Text(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellation)
    {
        if (text is null) await copy.WriteNullAsync(cancellation);
        else await copy.WriteAsync(text, NpgsqlDbType.Text, cancellation);
    }
}

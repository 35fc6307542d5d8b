using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Those who share a block with a record.</summary>
/// <param name="Found">They.</param>
/// <param name="Crowded">How many of its narrow blocks were too large to be looked at; that broad ones are is usual.</param>
public sealed record Candidates(IReadOnlyList<Member> Found, int Crowded);

/// <summary>What is kept of a source patient beside what is compared: who manages it, if the source says so, and its ethnic category.</summary>
public sealed record About(string? Organisation, string? Ethnicity)
{
    /// <summary>What a Patient says.</summary>
    public static About Of(JsonObject patient) => new(MatchFeatures.Organisation(patient), EthnicCategory.Of(patient));
}

/// <summary>What is kept of a source patient for matching.</summary>
internal sealed record StoredSubject(MatchSubject Subject, bool Held);

/// <summary>What matching compares and which blocks it is in. All SQL of matching is in this file.</summary>
internal static class MatchStore
{
    private const string Columns = "s.features, l.person, l.method, s.held, s.organisation, s.ethnicity";

    private const string FindSql = "select features, held from record.match_subject where patient = $1";

    // The old keys are taken from the array, so that blocks need no second index.
    private const string SaveSql = """
        with old as (select number, keys from record.match_subject where patient = $1),
        gone as (delete from record.match_block b using old where b.key = any(old.keys) and b.subject = old.number and not b.key = any($3)),
        saved as (insert into record.match_subject as s (patient, features, keys, organisation, ethnicity, crowded, held) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (patient) do update set features = excluded.features, keys = excluded.keys, organisation = excluded.organisation,
                ethnicity = excluded.ethnicity, crowded = excluded.crowded, held = excluded.held
            returning number)
        insert into record.match_block (key, subject) select key, number from unnest($3::bigint[]) as k (key), saved on conflict do nothing
        """;

    private const string ForgetSql = """
        with gone as (delete from record.match_subject where patient = $1 returning number, keys)
        delete from record.match_block b using gone where b.key = any(gone.keys) and b.subject = gone.number
        """;

    // A block that is too large is left out whole: its narrower neighbours find the pairs.
    private const string CandidatesSql = $"""
        with blocks as (
            select b.subjects, cardinality(b.subjects) > k.largest as crowded, k.key & 31 < $3 as narrow
            from unnest($1::bigint[], $2::int[]) as k (key, largest)
            cross join lateral (select array(select subject from record.match_block where key = k.key limit k.largest + 1)) as b (subjects)),
        found as (select distinct unnest(subjects) as number from blocks where not crowded)
        select (select count(*) from blocks where crowded and narrow)::int, {Columns}
        from (values (1)) one left join (found join record.match_subject s using (number) join record.link l on l.patient = s.patient and l.current) on true
        """;

    private const string MembersSql = $"""
        select 0, {Columns} from record.link l join record.match_subject s on s.patient = l.patient
        where l.current and l.person = any($1) order by l.patient
        """;

    private const string HoldSql = "update record.match_subject set held = $2 where patient = $1";

    // One at a time decides who is whom: two that match each other would otherwise not see each other.
    private const string LockSql = "select pg_advisory_xact_lock(811)";

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    internal static async Task<Candidates> Sharing(
        RecordTransaction transaction, IReadOnlyList<long> keys, LinkageOptions options, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(CandidatesSql, transaction.Connection);
        return await Sharing(command, keys, options, cancellation);
    }

    internal static async Task<IReadOnlyList<Member>> Members(RecordTransaction transaction, Guid[] persons, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(MembersSql, transaction.Connection) { Parameters = { new() { Value = persons } } };
        return (await ReadMembers(command, cancellation)).Found;
    }

    internal static async Task Lock(RecordTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LockSql, transaction.Connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static async Task<StoredSubject?> Find(RecordTransaction transaction, string patient, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FindSql, transaction.Connection) { Parameters = { new() { Value = patient } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new(Read(row.GetString(0)), row.GetBoolean(1)) : null;
    }

    internal static async Task Save(
        RecordTransaction transaction, MatchSubject subject, IReadOnlyList<long> keys, About about, int crowded, bool held, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(SaveSql, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = subject.Id }, new() { Value = Write(subject), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = keys.ToArray() },
                Text(about.Organisation), Text(about.Ethnicity), new() { Value = (short)crowded }, new() { Value = held },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static async Task Hold(RecordTransaction transaction, string patient, bool held, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(HoldSql, transaction.Connection) { Parameters = { new() { Value = patient }, new() { Value = held } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static async Task Forget(RecordTransaction transaction, string patient, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ForgetSql, transaction.Connection) { Parameters = { new() { Value = patient } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    internal static string Write(MatchSubject subject) => JsonSerializer.Serialize(subject, Json);

    internal static MatchSubject Read(string features) => JsonSerializer.Deserialize<MatchSubject>(features, Json)!;

    private static Task<Candidates> Sharing(NpgsqlCommand command, IReadOnlyList<long> keys, LinkageOptions options, CancellationToken cancellation)
    {
        command.Parameters.Add(new() { Value = keys.ToArray() });
        command.Parameters.Add(new() { Value = keys.Select(key => BlockingKeys.Largest(key, options)).ToArray() });
        command.Parameters.Add(new() { Value = (long)BlockingKeys.Broad });
        return ReadMembers(command, cancellation);
    }

    private static async Task<Candidates> ReadMembers(NpgsqlCommand command, CancellationToken cancellation)
    {
        var (members, crowded) = (new List<Member>(), 0);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            crowded = row.GetInt32(0);
            if (!row.IsDBNull(1)) members.Add(new(Read(row.GetString(1)), row.GetGuid(2), row.GetString(3), row.GetBoolean(4), new(row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6))));
        }

        return new(members, crowded);
    }
}

using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using static Record.Core.Fhir.TransactionSql;

namespace Record.Core.Identity.Bulk;

/// <summary>A link to be written.</summary>
internal sealed record NewLink(string Patient, Guid Person, string Method, double? Score);

/// <summary>A question to be written, or a change of one.</summary>
internal sealed record NewQuestion(string First, string Second, double Weight, string Reason, bool IsOpen);

/// <summary>A question as a run finds it.</summary>
internal sealed record FoundQuestion(string First, string Second, double Weight, string Reason, string State);

/// <summary>Writes links, questions and the person stream by the thousand. All SQL of that is in this file.</summary>
internal static class BulkLinkStore
{
    private const string SupersedeSql = """
        update record.link set current = false where patient = any($1) and current returning patient, id, person
        """;

    private const string PersonsSql = """
        insert into record.person (id, created_at) select p, $2 from unnest($1::uuid[]) p on conflict do nothing
        """;

    private const string LinksIn = """
        copy record.link (id, patient, person, method, decided_by, decided_at, supersedes, score) from stdin (format binary)
        """;

    private const string QuestionsSql = """
        insert into record.link_review as r (id, first, second, weight, reason, weights_version, state, raised_at, changed_at)
        select gen_random_uuid(), q.first, q.second, q.weight, q.reason, $6, case when q.open then 'open' else 'withdrawn' end, $7, $7
        from unnest($1::text[], $2::text[], $3::double precision[], $4::text[], $5::boolean[]) q (first, second, weight, reason, open)
        on conflict (first, second) do update set weight = excluded.weight, reason = excluded.reason, weights_version = excluded.weights_version,
            state = excluded.state, changed_at = excluded.changed_at
            where r.state in ('open', 'withdrawn')
        """;

    private const string FoundQuestionsSql = """
        select first, second, weight, reason, state from record.link_review where (first, second) > ($1, $2) order by first, second limit $3
        """;

    // Who gained or lost a record in this run.
    private const string MovedSql = """
        select person from record.link where decided_at = $1
        union select o.person from record.link n join record.link o on o.id = n.supersedes where n.decided_at = $1
        order by 1
        """;

    private const string LastChangeSql = "select coalesce(max(seq), 0) from record.change";

    private const string UnknownSql = """
        select distinct c.patient from record.change c
        where c.seq > $1 and c.seq <= $2 and c.patient is not null and not exists (select from record.link l where l.patient = c.patient and l.current)
        """;

    // What the consumer would hand on, up to the run's horizon; ChangeCursor says which rows those are.
    private const string StreamSql = """
        insert into record.person_change (partition, type, id, version, patient, person, cause, at)
        select 1 + (hashtext(l.person::text) & 7), c.type, c.id, c.version, c.patient, l.person, c.cause, c.at
        from record.change c
        join record.consumer_cursor k on k.consumer = $3 and k.partition = c.partition
        join record.link l on l.patient = c.patient and l.current
        where c.seq > $1 and c.seq <= $2 and c.xid < $4::xid8 and c.cause <> $3 and c.xid >= k.window_start and (c.xid >= k.window_end or c.seq > k.seq)
        order by c.seq
        """;

    /// <summary>Writes links, and supersedes those before; both persons of a record that moved hear of it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="links">The links.</param>
    /// <param name="at">When.</param>
    /// <param name="anew">Whether none of the records was linked before.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task Write(RecordTransaction transaction, IReadOnlyList<NewLink> links, DateTimeOffset at, bool anew, CancellationToken cancellation)
    {
        var before = anew ? [] : await Supersede(transaction, links, cancellation);
        await Run(transaction, PersonsSql, cancellation, links.Select(link => link.Person).Distinct().ToArray(), at);
        await using (var copy = await transaction.Connection.BeginBinaryImportAsync(LinksIn, cancellation))
        {
            foreach (var link in links) await Row(copy, link, transaction.Access.User, at, before.TryGetValue(link.Patient, out var old) ? old.Id : null, cancellation);
            await copy.CompleteAsync(cancellation);
        }

        await LinkStore.AppendToPersons(transaction, links.Where(link => before.TryGetValue(link.Patient, out var old) && old.Person != link.Person)
            .SelectMany(link => new[] { before[link.Patient].Person, link.Person }.Select(person => ("Link", link.Patient, 0, link.Patient, person, LinkPatients.Name, at))), cancellation);
    }

    /// <summary>Writes questions and what became of them.</summary>
    public static async Task Write(RecordTransaction transaction, IReadOnlyList<NewQuestion> questions, int weightsVersion, DateTimeOffset at, CancellationToken cancellation)
    {
        if (questions.Count == 0) return;
        await Run(transaction, QuestionsSql, cancellation, questions.Select(q => q.First).ToArray(), questions.Select(q => q.Second).ToArray(), questions.Select(q => q.Weight).ToArray(),
            questions.Select(q => q.Reason).ToArray(), questions.Select(q => q.IsOpen).ToArray(), weightsVersion, at);
    }

    /// <summary>Questions after one, by their records.</summary>
    public static Task<List<FoundQuestion>> Questions(RecordTransaction transaction, string first, string second, int most, CancellationToken cancellation) =>
        Read(transaction, FoundQuestionsSql, row => new FoundQuestion(row.GetString(0), row.GetString(1), row.GetDouble(2), row.GetString(3), row.GetString(4)), cancellation, first, second, most);

    /// <summary>The persons that a run has changed.</summary>
    public static Task<List<Guid>> Moved(RecordTransaction transaction, DateTimeOffset at, CancellationToken cancellation) => Read(transaction, MovedSql, row => row.GetGuid(0), cancellation, at);

    /// <summary>Where the change log ends.</summary>
    public static async Task<long> LastChange(RecordTransaction transaction, CancellationToken cancellation) => (await Read(transaction, LastChangeSql, row => row.GetInt64(0), cancellation)).Single();

    /// <summary>Patients with changes in a span that are linked to nobody.</summary>
    public static Task<List<string>> Unknown(RecordTransaction transaction, long after, long upTo, CancellationToken cancellation) => Read(transaction, UnknownSql, row => row.GetString(0), cancellation, after, upTo);

    /// <summary>Hands the changes of a span on to the person stream.</summary>
    public static Task HandOn(RecordTransaction transaction, long after, long upTo, string horizon, CancellationToken cancellation) =>
        Run(transaction, StreamSql, cancellation, after, upTo, LinkPatients.Name, horizon);

    private static async Task<Dictionary<string, (Guid Id, Guid Person)>> Supersede(RecordTransaction transaction, IReadOnlyList<NewLink> links, CancellationToken cancellation) =>
        (await Read(transaction, SupersedeSql, row => (Patient: row.GetString(0), Id: row.GetGuid(1), Person: row.GetGuid(2)), cancellation, (object)links.Select(link => link.Patient).ToArray()))
            .ToDictionary(link => link.Patient, link => (link.Id, link.Person));

    private static async Task Row(NpgsqlBinaryImporter copy, NewLink link, string by, DateTimeOffset at, Guid? supersedes, CancellationToken cancellation)
    {
        await copy.StartRowAsync(cancellation);
        await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancellation);
        await copy.WriteAsync(link.Patient, NpgsqlDbType.Text, cancellation);
        await copy.WriteAsync(link.Person, NpgsqlDbType.Uuid, cancellation);
        await copy.WriteAsync(link.Method, NpgsqlDbType.Text, cancellation);
        await copy.WriteAsync(by, NpgsqlDbType.Text, cancellation);
        await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellation);
        if (supersedes is { } old) await copy.WriteAsync(old, NpgsqlDbType.Uuid, cancellation);
        else await copy.WriteNullAsync(cancellation);
        if (link.Score is { } score) await copy.WriteAsync((decimal)score, NpgsqlDbType.Numeric, cancellation);
        else await copy.WriteNullAsync(cancellation);
    }
}

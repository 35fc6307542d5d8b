using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Feeds.Mapping;
using Record.Core.Fhir;

namespace Record.Core.Feeds;

/// <summary>The raw log of messages. All SQL of receiving and mapping is in this file.</summary>
public sealed class MessageStore(NpgsqlDataSource database)
{
    // Sources are counted in one order, so that two batches never wait for each other.
    private const string Insert = """
        with stored as (
            insert into record.message (source, control_id, trigger, event_time, received_at, state, reason, patient_key, visit_key, merged_key, demographics, digest, body)
            select source, control_id, trigger, event_time, received_at, case when reason is null then 'received' else 'refused' end, reason,
                patient_key, visit_key, merged_key, demographics, digest, body
            from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::bytea[], $11::bytea[], $12::bytea[]) with ordinality
                as m (source, control_id, trigger, event_time, received_at, reason, patient_key, visit_key, merged_key, demographics, digest, body, place)
            order by place
            on conflict do nothing
            returning source, control_id, digest, state, received_at, event_time),
        counted as (
            insert into record.message_count as c (source, received, first_received_at, last_received_at, last_event_at)
            select source, count(*), min(received_at), max(received_at), max(event_time) filter (where state = 'received') from stored group by source order by source
            on conflict (source) do update set received = c.received + excluded.received,
                first_received_at = least(c.first_received_at, excluded.first_received_at), last_received_at = greatest(c.last_received_at, excluded.last_received_at),
                last_event_at = greatest(c.last_event_at, excluded.last_event_at))
        select source, control_id, digest from stored
        """;

    private const string Earlier = """
        select m.source, m.control_id, m.digest, m.reason from record.message m
        join unnest($1::text[], $2::text[]) as w (source, control_id) on m.source = w.source and m.control_id = w.control_id
        order by m.state = 'refused', m.id
        """;

    private const string Columns = "m.id, m.source, m.trigger, m.event_time, m.received_at, m.patient_key, m.visit_key, m.merged_key, coalesce(m.mended, m.body)";

    private const string Pending = $"""
        select {Columns} from record.message m where m.state = 'received' order by m.id limit $1 for update skip locked
        """;

    private const string OfVisits = $"""
        select {Columns}, w.key, m.id from record.message m
        join unnest($1::text[], $2::text[]) as w (source, key) on m.source = w.source and m.visit_key = w.key
        where m.state in ('received', 'mapped')
        union all
        select {Columns}, w.key, m.id from unnest($1::text[], $2::text[]) as w (source, key)
        join record.message_subject s on s.source = w.source and s.kind = 'visit' and s.key = w.key
        join record.message m on m.id = s.message and m.visit_key is distinct from w.key
        where m.state in ('received', 'mapped')
        order by 4, 11
        """;

    // The latest message with each statement about the patient, the merges that name it, and the swaps that it was the second of.
    private const string OfPatients = $"""
        select * from (
            select distinct on (m.source, m.patient_key, m.demographics) {Columns}, m.patient_key as asked, m.id as arrival
            from record.message m
            join unnest($1::text[], $2::text[]) as w (source, key) on m.source = w.source and m.patient_key = w.key
            where m.state in ('received', 'mapped')
            order by m.source, m.patient_key, m.demographics, m.event_time desc, m.id desc) latest
        union
        select {Columns}, w.key, m.id
        from record.message m
        join unnest($1::text[], $2::text[]) as w (source, key) on m.source = w.source and (m.merged_key = w.key or (m.patient_key = w.key and m.merged_key is not null))
        where m.merged_key is not null and m.state in ('received', 'mapped')
        union
        select {Columns}, w.key, m.id from unnest($1::text[], $2::text[]) as w (source, key)
        join record.message_subject s on s.source = w.source and s.kind = 'patient' and s.key = w.key
        join record.message m on m.id = s.message
        where m.state in ('received', 'mapped')
        order by 4, 11
        """;

    private const string OfSubjects = $"""
        select {Columns}, w.kind, w.key from unnest($1::text[], $2::text[], $3::text[]) as w (source, kind, key)
        join record.message_subject s on s.source = w.source and s.kind = w.kind and s.key = w.key
        join record.message m on m.id = s.message
        where m.state in ('received', 'mapped')
        order by m.event_time, m.id
        """;

    private const string ForgetSubjects = """
        delete from record.message_subject where message = any($1)
        """;

    private const string InsertSubjects = """
        insert into record.message_subject (source, kind, key, message)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) on conflict do nothing
        """;

    // The visits of moved accounts, whichever of the two was mapped first.
    private const string MoveAccountsSql = """
        insert into record.message_subject (source, kind, key, message)
        select distinct moved.source, 'visit', m.visit_key, moved.message
        from unnest($1::text[], $2::text[]) as w (source, key)
        join record.message_subject moved on moved.source = w.source and moved.kind = 'account-move' and moved.key = w.key
        join record.message_subject account on account.source = w.source and account.kind = 'account' and account.key = w.key
        join record.message m on m.id = account.message and m.visit_key is not null
        on conflict (source, kind, key, message) do update set message = excluded.message
        returning source, key
        """;

    private const string LockAll = """
        select pg_advisory_xact_lock(k) from (select distinct hashtextextended(key, 812) as k from unnest($1::text[]) as key order by 1) keys
        """;

    private const string MarkSql = """
        update record.message m set state = w.state, reason = w.reason, mapped_at = $4
        from unnest($1::bigint[], $2::text[], $3::text[]) as w (id, state, reason) where m.id = w.id
        """;

    private const string OutcomesSql = """
        select m.source, m.control_id, m.reason from record.message m
        join unnest($1::text[], $2::text[]) as w (source, control_id) on m.source = w.source and m.control_id = w.control_id
        where m.state in ('mapped', 'waiting')
        """;

    /// <summary>What became of messages; those that are not mapped yet are left out.</summary>
    internal async Task<IReadOnlyList<(string Source, string ControlId, string? Reason)>> Outcomes(
        Access access, IReadOnlyList<(string Source, string ControlId)> messages, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only systems ask what became of messages.");
        var command = database.CreateCommand(OutcomesSql);
        command.Parameters.Add(new() { Value = messages.Select(m => m.Source).ToArray() });
        command.Parameters.Add(new() { Value = messages.Select(m => m.ControlId).ToArray() });
        return await Rows(command, row => (row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)), cancellation);
    }

    /// <summary>Stores a batch in one commit.</summary>
    /// <returns>What became of each, in order.</returns>
    public async Task<IReadOnlyList<Receipt>> Receive(Access access, IReadOnlyList<Arrival> arrivals, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only systems send messages.");
        var digests = arrivals.Select(a => SHA256.HashData(a.Body.Span)).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var stored = await Store(connection, arrivals, digests, cancellation);
        var receipts = new Receipt[arrivals.Count];
        var left = new List<int>();
        for (var i = 0; i < arrivals.Count; i++)
        {
            if (stored.Remove((arrivals[i].Source, arrivals[i].ControlId, Convert.ToHexString(digests[i])))) receipts[i] = new(arrivals[i].Refusal, false, false);
            else left.Add(i);
        }

        if (left.Count > 0) await Compare(connection, arrivals, digests, left, receipts, cancellation);
        return receipts;
    }

    /// <summary>The oldest messages that wait to be mapped; other workers pass over them until the transaction ends.</summary>
    internal static async Task<List<StoredMessage>> Claim(RecordTransaction transaction, int count, CancellationToken cancellation) =>
        await Rows(new NpgsqlCommand(Pending, transaction.Connection) { Parameters = { new() { Value = count } } }, row => Message(row), cancellation);

    /// <summary>Holds what is about to be folded until the transaction ends, so that what is folded is what is written.</summary>
    internal static async Task Hold(RecordTransaction transaction, IReadOnlyCollection<string> keys, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LockAll, transaction.Connection) { Parameters = { new() { Value = keys.ToArray() } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Says anew what messages are about.</summary>
    internal static async Task AddSubjects(RecordTransaction transaction, IEnumerable<long> messages, IReadOnlyCollection<Subject> subjects, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        batch.BatchCommands.Add(new(ForgetSubjects) { Parameters = { new() { Value = messages.ToArray() } } });
        if (subjects.Count > 0)
            batch.BatchCommands.Add(new(InsertSubjects)
            {
                Parameters =
                {
                    new() { Value = subjects.Select(s => s.Source).ToArray() }, new() { Value = subjects.Select(s => s.Kind).ToArray() },
                    new() { Value = subjects.Select(s => s.Key).ToArray() }, new() { Value = subjects.Select(s => s.Message).ToArray() },
                },
            });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Says of the visits of moved accounts that they were moved.</summary>
    /// <returns>These visits.</returns>
    internal static Task<List<(string Source, string Key)>> MoveAccounts(RecordTransaction transaction, IReadOnlyCollection<(string Source, string Key)> accounts, CancellationToken cancellation) =>
        Rows(Keyed(MoveAccountsSql, transaction, accounts), row => (row.GetString(0), row.GetString(1)), cancellation);

    /// <summary>All messages of visits, by (event time, arrival).</summary>
    internal static Task<List<(StoredMessage Message, string Asked)>> VisitMessages(RecordTransaction transaction, IReadOnlyCollection<(string Source, string Key)> visits, CancellationToken cancellation) =>
        Rows(Keyed(OfVisits, transaction, visits), row => (Message(row), row.GetString(9)), cancellation);

    /// <summary>What has been said of patients, by (event time, arrival).</summary>
    internal static Task<List<(StoredMessage Message, string Asked)>> PatientMessages(RecordTransaction transaction, IReadOnlyCollection<(string Source, string Key)> patients, CancellationToken cancellation) =>
        Rows(Keyed(OfPatients, transaction, patients), row => (Message(row), row.GetString(9)), cancellation);

    /// <summary>All messages about other subjects, by (event time, arrival).</summary>
    internal static Task<List<(StoredMessage Message, string Source, string Kind, string Key)>> SubjectMessages(
        RecordTransaction transaction, IReadOnlyCollection<(string Source, string Kind, string Key)> subjects, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(OfSubjects, transaction.Connection)
        {
            Parameters = { new() { Value = subjects.Select(s => s.Source).ToArray() }, new() { Value = subjects.Select(s => s.Kind).ToArray() }, new() { Value = subjects.Select(s => s.Key).ToArray() } },
        };
        return Rows(command, row => (Message(row), row.GetString(1), row.GetString(9), row.GetString(10)), cancellation);
    }

    /// <summary>Says what became of messages.</summary>
    internal static async Task Mark(RecordTransaction transaction, IReadOnlyCollection<(long Id, string State, string? Reason)> marks, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(MarkSql, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = marks.Select(m => m.Id).ToArray() }, new() { Value = marks.Select(m => m.State).ToArray() },
                new() { Value = marks.Select(m => m.Reason).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, new() { Value = at },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Keyed(string sql, RecordTransaction transaction, IReadOnlyCollection<(string Source, string Key)> keys) => new(sql, transaction.Connection)
    {
        Parameters = { new() { Value = keys.Select(k => k.Source).ToArray() }, new() { Value = keys.Select(k => k.Key).ToArray() } },
    };

    private static async Task<HashSet<(string, string, string)>> Store(NpgsqlConnection connection, IReadOnlyList<Arrival> arrivals, byte[][] digests, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        void Bind(object value, NpgsqlDbType type) => command.Parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Array | type });
        Bind(arrivals.Select(a => a.Source).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.ControlId).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.Trigger).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.EventTime?.ToUniversalTime()).ToArray(), NpgsqlDbType.TimestampTz);
        Bind(arrivals.Select(a => a.ReceivedAt.ToUniversalTime()).ToArray(), NpgsqlDbType.TimestampTz);
        Bind(arrivals.Select(a => a.Refusal).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.PatientKey).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.VisitKey).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.MergedKey).ToArray(), NpgsqlDbType.Text);
        Bind(arrivals.Select(a => a.Demographics).ToArray(), NpgsqlDbType.Bytea);
        Bind(digests, NpgsqlDbType.Bytea);
        Bind(arrivals.Select(a => a.Body.ToArray()).ToArray(), NpgsqlDbType.Bytea);
        var stored = new HashSet<(string, string, string)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) stored.Add((row.GetString(0), row.GetString(1), Convert.ToHexString(row.GetFieldValue<byte[]>(2))));
        return stored;
    }

    // Same bytes: the answer of then. Other bytes under the same control id: refused, and kept as such.
    private static async Task Compare(
        NpgsqlConnection connection, IReadOnlyList<Arrival> arrivals, byte[][] digests, List<int> left, Receipt[] receipts, CancellationToken cancellation)
    {
        var earlier = new Dictionary<(string, string), List<(byte[] Digest, string? Reason)>>();
        await using (var command = new NpgsqlCommand(Earlier, connection)
        {
            Parameters = { new() { Value = left.Select(i => arrivals[i].Source).ToArray() }, new() { Value = left.Select(i => arrivals[i].ControlId).ToArray() } },
        })
        await using (var row = await command.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation))
            {
                var key = (row.GetString(0), row.GetString(1));
                if (!earlier.TryGetValue(key, out var known)) earlier[key] = known = [];
                known.Add((row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetString(3)));
            }

        var refused = new List<Arrival>();
        foreach (var i in left)
        {
            var known = earlier.GetValueOrDefault((arrivals[i].Source, arrivals[i].ControlId)) ?? [];
            var same = known.Where(k => k.Digest.AsSpan().SequenceEqual(digests[i])).ToList();
            receipts[i] = same.Count > 0
                ? new(same[0].Reason, true, same[0].Reason == FeedErrors.OtherBytes.Detail)
                : new(FeedErrors.OtherBytes.Detail, false, true);
            if (same.Count == 0) refused.Add(arrivals[i] with { Refusal = FeedErrors.OtherBytes.Detail });
        }

        if (refused.Count > 0) await Store(connection, refused, [.. refused.Select(a => SHA256.HashData(a.Body.Span))], cancellation);
    }

    private static StoredMessage Message(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4),
        row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.GetFieldValue<byte[]>(8));

    private static async Task<List<T>> Rows<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var owned = command;
        var found = new List<T>();
        await using var row = await owned.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(read(row));
        return found;
    }
}

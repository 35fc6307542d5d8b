using Npgsql;

namespace Record.Core.ChangeLog;

/// <summary>
/// A consumer's place in the change log. It reads half-open windows of transactions [start, end), where end was the oldest
/// transaction still running: everything below it is decided, so nothing can appear behind the reader (DESIGN.md section 3).
/// </summary>
internal sealed class ChangeCursor(string consumer, ChangesBy by)
{
    /// <summary>Partition 0 holds rows without a patient, 1 to 8 the rest by hash.</summary>
    public const int Partitions = 9;

    private readonly string table = by == ChangesBy.Person ? "record.person_change" : "record.change";

    private const string Ensure = """
        insert into record.consumer_cursor (consumer, partition, window_start, window_end, seq)
        select $1, p, '0'::xid8, '0'::xid8, 0 from generate_series(0, $2) p
        on conflict do nothing
        """;

    // A window that is open is taken up without looking for what is left in it; else one index entry past it decides.
    private string ClaimSql => $"""
        select c.partition, c.window_start::text, c.window_end::text, c.seq, pg_snapshot_xmin(pg_current_snapshot())::text
        from record.consumer_cursor c
        where c.consumer = $1 and (c.window_start < c.window_end or exists (
            select from {table} l where l.partition = c.partition and l.xid >= c.window_end and l.xid < pg_snapshot_xmin(pg_current_snapshot())))
        order by c.moved_at
        limit 1
        for update of c skip locked
        """;

    private string BehindSql => $"""
        select exists (
            select from record.consumer_cursor c join {table} l on l.partition = c.partition
            where c.consumer = $1 and l.xid >= c.window_start and (l.xid >= c.window_end or l.seq > c.seq))
        """;

    // Ordered by an expression, so that the index of windows is used and not that of all numbers.
    private string ReadSql => $"""
        select seq, type, id, version, patient, {(by == ChangesBy.Person ? "person" : "null::uuid")}, cause, at
        from {table}
        where partition = $1 and xid >= $2::xid8 and xid < $3::xid8 and seq > $4
        order by (seq + 0)
        limit $5
        """;

    private const string MoveSql = """
        update record.consumer_cursor set window_start = $3::xid8, window_end = $4::xid8, seq = $5, moved_at = clock_timestamp()
        where consumer = $1 and partition = $2
        """;

    /// <summary>Where a claimed partition's reader stands.</summary>
    internal sealed record Place(short Partition, string Start, string End, long Seq);

    /// <summary>Makes the cursors if they are not there.</summary>
    public async Task EnsureExists(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Ensure);
        command.Parameters.Add(new() { Value = consumer });
        command.Parameters.Add(new() { Value = Partitions - 1 });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes a partition that has something to read and that nobody else holds; opens its next window if the last is finished.</summary>
    public async Task<Place?> Claim(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ClaimSql, connection) { Parameters = { new() { Value = consumer } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var place = new Place(row.GetInt16(0), row.GetString(1), row.GetString(2), row.GetInt64(3));
        return place.Start == place.End ? place with { End = row.GetString(4), Seq = 0 } : place;
    }

    /// <summary>Whether anything committed has not been read, perhaps because an older transaction is still open.</summary>
    public async Task<bool> IsBehind(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(BehindSql);
        command.Parameters.Add(new() { Value = consumer });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The next changes of the window, in order.</summary>
    public async Task<IReadOnlyList<Change>> Read(NpgsqlConnection connection, Place place, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection)
        {
            Parameters = { new() { Value = place.Partition }, new() { Value = place.Start }, new() { Value = place.End }, new() { Value = place.Seq }, new() { Value = limit } },
        };
        var changes = new List<Change>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            changes.Add(new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetGuid(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7)));
        return changes;
    }

    /// <summary>Moves on: within the window if there is more of it, else past it.</summary>
    public async Task Move(NpgsqlConnection connection, Place place, IReadOnlyList<Change> read, bool more, CancellationToken cancellation)
    {
        var start = more ? place.Start : place.End;
        var seq = more ? read[^1].Seq : 0;
        await using var command = new NpgsqlCommand(MoveSql, connection)
        {
            Parameters = { new() { Value = consumer }, new() { Value = place.Partition }, new() { Value = start }, new() { Value = place.End }, new() { Value = seq } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

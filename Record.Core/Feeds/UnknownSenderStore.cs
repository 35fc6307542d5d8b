using Npgsql;
using NpgsqlTypes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>
/// Messages of senders that were not configured when they came. Once a sender is, they go to its source: judged as if they came now,
/// at the time they came. All SQL of this is in this file.
/// </summary>
public sealed class UnknownSenderStore(NpgsqlDataSource database, CareSystem system, V2Door door)
{
    /// <summary>The source under which they stand.</summary>
    public const string Source = "unknown";

    private const int AtOnce = 500;

    private const string ReadSql = """
        select id, coalesce(mended, body), received_at from record.message
        where source = 'unknown' and state = 'refused' and id > $1 and ($2::bigint is null or id = $2)
            and ($3::timestamptz is null or received_at >= $3) and ($4::timestamptz is null or received_at < $4)
        order by id limit $5
        """;

    private const string GiveSql = """
        with given as (
            update record.message set source = $2, state = $3, reason = $4, trigger = $5, event_time = $6, patient_key = $7, visit_key = $8, merged_key = $9, demographics = $10
            where id = $1 and source = 'unknown' and state = 'refused'
            returning received_at, event_time),
        taken as (update record.message_count set received = received - (select count(*) from given) where source = 'unknown')
        insert into record.message_count as c (source, received, first_received_at, last_received_at, last_event_at)
        select $2, 1, received_at, received_at, event_time from given
        on conflict (source) do update set received = c.received + 1, first_received_at = least(c.first_received_at, excluded.first_received_at),
            last_received_at = greatest(c.last_received_at, excluded.last_received_at), last_event_at = greatest(c.last_event_at, excluded.last_event_at)
        """;

    /// <summary>Gives messages to the sources that they are of now: one, or those of a span of arrival.</summary>
    /// <returns>How many were given.</returns>
    public async Task<int> Give(Access access, long? message, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellation)
    {
        var (given, after) = (0, 0L);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        while (await Read(connection, after, message, from, to, cancellation) is { Count: > 0 } batch)
        {
            after = batch[^1].Id;
            foreach (var (id, body, receivedAt) in batch)
            {
                var arrival = door.Judge(body, receivedAt).Arrival;
                if (system.Source(arrival.Source) is { } source && FeedAccess.MayManage(access, source, system) && await Give(connection, id, arrival, cancellation)) given++;
            }
        }

        return given;
    }

    // One that its sender has sent again meanwhile, and that was taken, stays where it is.
    private static async Task<bool> Give(NpgsqlConnection connection, long id, Arrival arrival, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(GiveSql, connection);
        command.Parameters.Add(new() { Value = id });
        foreach (var text in (string?[])[arrival.Source, arrival.Refusal is null ? "received" : "refused", arrival.Refusal, arrival.Trigger]) command.Parameters.Add(Text(text));
        command.Parameters.Add(new() { Value = (object?)arrival.EventTime?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        foreach (var text in (string?[])[arrival.PatientKey, arrival.VisitKey, arrival.MergedKey]) command.Parameters.Add(Text(text));
        command.Parameters.Add(new() { Value = (object?)arrival.Demographics ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        try
        {
            return await command.ExecuteNonQueryAsync(cancellation) > 0;
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    private static async Task<List<(long Id, byte[] Body, DateTimeOffset ReceivedAt)>> Read(
        NpgsqlConnection connection, long after, long? message, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (object?)message ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)from?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)to?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = AtOnce });
        var rows = new List<(long, byte[], DateTimeOffset)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) rows.Add((row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<DateTimeOffset>(2)));
        return rows;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

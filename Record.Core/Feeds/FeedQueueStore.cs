using System.Text;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Audit;
using Record.Core.Feeds.Bundles;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>Messages that wait: read, mended, put back. All SQL of the queue is in this file; reading and mending a message is audited.</summary>
public sealed class FeedQueueStore(NpgsqlDataSource database, CareSystem system, V2Door door, AuditLog audit, TimeProvider clock)
{
    private const string List = """
        select id, control_id, trigger, state, reason, received_at, event_time from record.message
        where source = $1 and ($2::text is null or state = $2) and id > $3 order by id limit $4
        """;

    private const string OneSql = """
        select id, control_id, trigger, state, reason, received_at, event_time, body, mended, patient_key from record.message where source = $1 and id = $2
        """;

    private const string MendsSql = "select version, mended_by, mended_at from record.message_mend where message = $1 order by version";

    private const string ReplaySql = """
        update record.message set state = 'received', reason = null
        where source = $1 and state = any($2) and ($3::bigint is null or id = $3)
            and ($4::timestamptz is null or received_at >= $4) and ($5::timestamptz is null or received_at < $5)
        """;

    private const string KeepMend = """
        insert into record.message_mend (message, version, body, mended_by, mended_at)
        select $1, 1 + coalesce(max(version), 0), $2, $3, $4 from record.message_mend where message = $1
        """;

    private const string UseMend = """
        update record.message set source = $10, mended = $3, trigger = $4, event_time = $5, patient_key = $6, visit_key = $7, merged_key = $8, demographics = $9,
            state = 'received', reason = null
        where source = $1 and id = $2 and state in ('waiting', 'refused')
        """;

    // A message that goes to another source is counted there.
    private const string CountMoved = """
        with taken as (update record.message_count set received = received - 1 where source = $1)
        insert into record.message_count as c (source, received, first_received_at, last_received_at, last_event_at)
        select source, 1, received_at, received_at, event_time from record.message where id = $2
        on conflict (source) do update set received = c.received + 1, first_received_at = least(c.first_received_at, excluded.first_received_at),
            last_received_at = greatest(c.last_received_at, excluded.last_received_at), last_event_at = greatest(c.last_event_at, excluded.last_event_at)
        """;

    /// <summary>Messages of a feed after one of them, a hundred at a time.</summary>
    public async Task<Result<IReadOnlyList<MessageRow>>> Messages(Access access, string source, string? state, long after, CancellationToken cancellation)
    {
        if (Refusal(access, source) is { } refusal) return refusal;
        await using var command = database.CreateCommand(List);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = 100 });
        var rows = new List<MessageRow>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) rows.Add(Row(row));
        return Result<IReadOnlyList<MessageRow>>.Of(rows);
    }

    /// <summary>One message with its content.</summary>
    public async Task<Result<MessageDetail>> One(Access access, string source, long id, CancellationToken cancellation)
    {
        if (Refusal(access, source) is { } refusal) return refusal;
        MessageRow? found = null;
        byte[] body = [];
        byte[]? mended = null;
        string? patient = null;
        await using (var command = new NpgsqlCommand(OneSql, await database.OpenConnectionAsync(cancellation)))
        await using (command.Connection)
        {
            command.Parameters.Add(new() { Value = source });
            command.Parameters.Add(new() { Value = id });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            if (await row.ReadAsync(cancellation))
                (found, body, mended, patient) = (Row(row), row.GetFieldValue<byte[]>(7), row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8), row.IsDBNull(9) ? null : row.GetString(9));
        }

        if (found is null) return FeedErrors.NoMessage;
        await Audit(access, 'R', "feed-message", source, id, patient, cancellation);
        var place = found.Reason?.Split(':')[0] is { Length: > 0 and < 20 } said && !said.Contains(' ', StringComparison.Ordinal) ? said : null;
        return new MessageDetail(found, place, Text(mended ?? body), mended is null ? null : Text(body), await Mends(id, cancellation));
    }

    /// <summary>Keeps mended content beside the original and puts the message back to be mapped.</summary>
    /// <returns>The version that it made; or why the mended content cannot be taken.</returns>
    public async Task<Result<int>> Mend(Access access, string source, long id, string text, CancellationToken cancellation)
    {
        var read = await One(access, source, id, cancellation);
        if (!read.TryGet(out var message, out var error)) return error;
        if (message.Row.State is not ("waiting" or "refused")) return FeedErrors.NotWaiting;
        if (!Judge(access, source, message, text).TryGet(out var arrival, out error)) return error;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new(UseMend) { Parameters = { new() { Value = source }, new() { Value = id }, new() { Value = arrival.Body.ToArray() }, new() { Value = arrival.Trigger }, new() { Value = arrival.EventTime!.Value.ToUniversalTime() },
                        new() { Value = arrival.PatientKey! }, Nullable(arrival.VisitKey), Nullable(arrival.MergedKey), new() { Value = arrival.Demographics! }, new() { Value = arrival.Source } } },
                    new(KeepMend) { Parameters = { new() { Value = id }, new() { Value = arrival.Body.ToArray() }, new() { Value = access.User }, new() { Value = clock.GetUtcNow() } } },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellation);
            if (batch.BatchCommands[0].Rows == 0) return FeedErrors.NotWaiting;
            if (arrival.Source != source)
            {
                await using var count = new NpgsqlCommand(CountMoved, connection, transaction) { Parameters = { new() { Value = source }, new() { Value = id } } };
                await count.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return FeedErrors.SentAgain;
        }

        await Audit(access, 'U', "feed-mend", arrival.Source, id, arrival.PatientKey, cancellation);
        return message.Mends.Count + 1;
    }

    /// <summary>Puts messages back to be mapped: one, or those that wait (or also what was mapped) of a span of arrival.</summary>
    /// <returns>How many were put back.</returns>
    public async Task<Result<int>> Replay(Access access, string source, long? message, DateTimeOffset? from, DateTimeOffset? to, bool mapped, CancellationToken cancellation)
    {
        if (Refusal(access, source) is { } refusal) return refusal;
        if (source == UnknownSenderStore.Source)
        {
            var given = await new UnknownSenderStore(database, system, door).Give(access, message, from, to, cancellation);
            await Audit(access, 'E', "feed-replay", source, message, null, cancellation);
            return given == 0 && message is not null ? FeedErrors.StillUnknown : given;
        }

        await using var command = database.CreateCommand(ReplaySql);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = mapped ? ["waiting", "mapped"] : (string[])["waiting"] });
        command.Parameters.Add(new() { Value = (object?)message ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)from?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)to?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var count = await command.ExecuteNonQueryAsync(cancellation);
        if (count == 0 && message is not null) return FeedErrors.NotWaiting;
        await Audit(access, 'E', "feed-replay", source, message, null, cancellation);
        return count;
    }

    private RecordError? Refusal(Access access, string source)
    {
        if (system.Source(source) is { } known) return FeedAccess.MayManage(access, known, system) ? null : FeedErrors.Forbidden;
        if (source == UnknownSenderStore.Source) return FeedAccess.MaySeeUnknown(access, system) ? null : FeedErrors.Forbidden;
        return access.IsSystem || access.Role == Roles.FeedManager ? FeedErrors.UnknownSource : FeedErrors.Forbidden;
    }

    // The mended content must be what the door would take from the same source, under the same control id; of a sender that was not
    // configured, from any source of the steward's.
    private Result<Arrival> Judge(Access access, string source, MessageDetail message, string text)
    {
        if (message.Row.Trigger == StoredMessage.Bundle)
            return system.Source(source) is { } fhir ? BundleDoor.Judge(fhir, Encoding.UTF8.GetBytes(text), message.Row.ReceivedAt) : FeedErrors.UnknownSource;
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r").TrimEnd('\r') + "\r");
        if (V2Message.TryParse(bytes, out var parsed, out _) && parsed.Encoding.CodePage != Encoding.UTF8.CodePage) bytes = parsed.Encoding.GetBytes(Encoding.UTF8.GetString(bytes));
        var arrival = door.Judge(bytes, message.Row.ReceivedAt).Arrival;
        if (arrival.Refusal is { } reason) return FeedErrors.StillWrong(reason);
        if (arrival.Source != source && !(source == UnknownSenderStore.Source && Refusal(access, arrival.Source) is null)) return FeedErrors.StillWrong("MSH-3: the message would belong to another source system");
        return arrival.ControlId == message.Row.ControlId ? arrival : FeedErrors.StillWrong("MSH-10: the control id must stay what it was");
    }

    private Task Audit(Access access, char action, string interaction, string source, long? id, string? patient, CancellationToken cancellation) =>
        audit.Write(new(access, action, interaction, null, id is null ? source : $"{source}/{id}", null, "success", patient is null ? [] : [SourceIds.Of(source, "Patient", patient)]), cancellation);

    private async Task<List<MessageMend>> Mends(long id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(MendsSql);
        command.Parameters.Add(new() { Value = id });
        var mends = new List<MessageMend>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) mends.Add(new(row.GetInt32(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)));
        return mends;
    }

    private static MessageRow Row(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6));

    private static string Text(byte[] body)
    {
        var encoding = V2Message.TryParse(body, out var message, out _) ? message.Encoding : Utf8.IsValid(body) ? Encoding.UTF8 : Encoding.Latin1;
        return encoding.GetString(body).ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static NpgsqlParameter Nullable(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

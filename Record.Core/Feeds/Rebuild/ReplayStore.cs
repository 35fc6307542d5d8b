using System.Text.Json;
using Npgsql;
using Record.Core.Fhir;

namespace Record.Core.Feeds.Rebuild;

/// <summary>Reads raw log and command log of one database into another, as their owner. All SQL of rebuilding is in this file.</summary>
public sealed class ReplayStore(NpgsqlDataSource original, NpgsqlDataSource into)
{
    private const string CommandsSql = "select kind, type, id, cause, at, body, details::text from record.command order by at, place";

    private const string QuestionSql = "select id from record.link_review where first = $1 and second = $2 and state = 'open'";

    private const string OverlaySql = "select id from record.overlay where patient = $1 and state = 'open'";

    private const string MessageColumns = "id, source, control_id, trigger, event_time, received_at, acknowledged_at, state, reason, patient_key, visit_key, merged_key, demographics, digest, body, mended";

    private const string CopyIn = $"""
        copy record.message ({MessageColumns}) from stdin (format binary)
        """;

    private const string BarsColumns = "request, correlation, sender, event, reason, received_at, body";

    private const string MendColumns = "message, version, body, mended_by, mended_at";

    private const string NextId = "select setval(pg_get_serial_sequence('record.message', 'id'), coalesce(max(id), 0) + 1, false) from record.message";

    private const string CountAgain = """
        insert into record.message_count (source, received, first_received_at, last_received_at, last_event_at)
        select source, count(*), min(received_at), max(received_at), max(event_time) filter (where state <> 'refused') from record.message group by source
        """;

    private const string EmptySql = "select not exists (select from record.message) and not exists (select from record.change where cause <> 'configuration')";

    private static string CopyOut(DateTimeOffset? after, DateTimeOffset? until) => $"""
        copy (select id, source, control_id, trigger, event_time, received_at, acknowledged_at, case when state = 'refused' then state else 'received' end,
            case when state = 'refused' then reason end, patient_key, visit_key, merged_key, demographics, digest, body, mended
            from record.message where {(after is { } a ? $"received_at > '{a:o}'" : "true")} and {(until is { } u ? $"received_at <= '{u:o}'" : "true")} order by id) to stdout (format binary)
        """;

    /// <summary>Whether nothing but configuration stands in the database that is built.</summary>
    public async Task<bool> IsEmpty(Access access, CancellationToken cancellation)
    {
        MustBeSystem(access);
        await using var command = into.CreateCommand(EmptySql);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The command log, first to last.</summary>
    public async Task<IReadOnlyList<Command>> Commands(Access access, CancellationToken cancellation)
    {
        MustBeSystem(access);
        await using var command = original.CreateCommand(CommandsSql);
        var commands = new List<Command>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            commands.Add(new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5), row.IsDBNull(6) ? default : JsonDocument.Parse(row.GetString(6)).RootElement));
        return commands;
    }

    /// <summary>Copies the messages received in a span; those that were taken wait to be mapped again, mended ones as they were last mended.</summary>
    public async Task CopyMessages(Access access, DateTimeOffset? after, DateTimeOffset? until, CancellationToken cancellation)
    {
        MustBeSystem(access);
        await using var from = await original.OpenConnectionAsync(cancellation);
        await using var to = await into.OpenConnectionAsync(cancellation);
        await Copy(from, CopyOut(after, until), to, CopyIn, cancellation);
    }

    /// <summary>Copies who mended what and which requests were processed, so that a repeat is known, and lets new messages be numbered after the copied ones.</summary>
    public async Task Finish(Access access, CancellationToken cancellation)
    {
        MustBeSystem(access);
        await using var from = await original.OpenConnectionAsync(cancellation);
        await using var to = await into.OpenConnectionAsync(cancellation);
        await Copy(from, $"copy record.message_mend ({MendColumns}) to stdout (format binary)", to, $"copy record.message_mend ({MendColumns}) from stdin (format binary)", cancellation);
        await Copy(from, $"copy record.bars_request ({BarsColumns}) to stdout (format binary)", to, $"copy record.bars_request ({BarsColumns}) from stdin (format binary)", cancellation);
        await using var last = new NpgsqlBatch(to) { BatchCommands = { new(CountAgain), new(NextId) } };
        await last.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task Copy(NpgsqlConnection from, string outward, NpgsqlConnection to, string inward, CancellationToken cancellation)
    {
        await using var read = await from.BeginRawBinaryCopyAsync(outward, cancellation);
        await using var write = await to.BeginRawBinaryCopyAsync(inward, cancellation);
        await read.CopyToAsync(write, cancellation);
    }

    /// <summary>The open question between two source patients in the record that is built.</summary>
    internal static Task<Guid?> Question(RecordTransaction transaction, string first, string second, CancellationToken cancellation) =>
        Find(new NpgsqlCommand(QuestionSql, transaction.Connection) { Parameters = { new() { Value = first }, new() { Value = second } } }, cancellation);

    /// <summary>The open quarantine of a source patient in the record that is built.</summary>
    internal static Task<Guid?> Overlay(RecordTransaction transaction, string patient, CancellationToken cancellation) =>
        Find(new NpgsqlCommand(OverlaySql, transaction.Connection) { Parameters = { new() { Value = patient } } }, cancellation);

    private static async Task<Guid?> Find(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var owned = command;
        return await owned.ExecuteScalarAsync(cancellation) as Guid?;
    }

    private static void MustBeSystem(Access access)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only the service rebuilds a record.");
    }
}

using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Record.Core.Audit;

/// <summary>
/// Writes audit rows durably before the answer leaves. Rows of concurrent requests go in one binary COPY and each
/// caller is released when its batch has committed; where the row cannot be written, the caller's read fails.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    private const string Copy = """
        copy record.audit (at, request, actor, role, organisation, purpose, client, action, interaction,
            resource_type, resource_id, query, outcome, patients) from stdin (format binary)
        """;

    private const int BatchSize = 512;

    private readonly Channel<(AuditRow Row, DateTimeOffset At, TaskCompletionSource Done)> queue =
        Channel.CreateBounded<(AuditRow, DateTimeOffset, TaskCompletionSource)>(8192);

    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly Task writing;

    /// <summary>Starts the writer.</summary>
    public AuditLog(NpgsqlDataSource database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        writing = Task.Run(WriteAll);
    }

    /// <summary>Returns when the row is durable; fails if it could not be written.</summary>
    public async Task Write(AuditRow row, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync((row, clock.GetUtcNow(), done), cancellation);
        await done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAll()
    {
        var batch = new List<(AuditRow Row, DateTimeOffset At, TaskCompletionSource Done)>(BatchSize);
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchSize && queue.Reader.TryRead(out var next)) batch.Add(next);
            try
            {
                await WriteBatch(batch);
                foreach (var (_, _, done) in batch) done.SetResult();
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
            {
                foreach (var (_, _, done) in batch) done.SetException(problem); // every reader of this batch fails
            }
        }
    }

    private async Task WriteBatch(List<(AuditRow Row, DateTimeOffset At, TaskCompletionSource Done)> batch)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var writer = await connection.BeginBinaryImportAsync(Copy);
        foreach (var (row, at, _) in batch) await WriteRow(writer, row, at);
        await writer.CompleteAsync();
    }

    private static async Task WriteRow(NpgsqlBinaryImporter writer, AuditRow row, DateTimeOffset at)
    {
        await writer.StartRowAsync();
        await writer.WriteAsync(at, NpgsqlDbType.TimestampTz);
        await writer.WriteAsync(row.Access.Request, NpgsqlDbType.Uuid);
        await writer.WriteAsync(row.Access.User, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Access.Role, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Access.Organisation, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Access.Purpose, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Access.Client, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Action, NpgsqlDbType.InternalChar);
        await writer.WriteAsync(row.Interaction, NpgsqlDbType.Text);
        foreach (var text in new[] { row.ResourceType, row.ResourceId, row.Query })
            if (text is null) await writer.WriteNullAsync();
            else await writer.WriteAsync(text, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Outcome, NpgsqlDbType.Text);
        await writer.WriteAsync(row.Patients.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
    }
}

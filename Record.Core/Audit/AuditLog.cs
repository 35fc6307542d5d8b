using Npgsql;
using NpgsqlTypes;
using Record.Core.Database;

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

    private readonly Grouped<(AuditRow Row, DateTimeOffset At), bool> rows;
    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;

    /// <summary>The log of one database.</summary>
    public AuditLog(NpgsqlDataSource database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        rows = new(WriteBatch, BatchSize, atOnce: 2);
    }

    /// <summary>Returns when the row is durable; fails if it could not be written.</summary>
    public Task Write(AuditRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return rows.Do((row, clock.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => rows.DisposeAsync();

    private async Task<IReadOnlyList<bool>> WriteBatch(IReadOnlyList<(AuditRow Row, DateTimeOffset At)> batch)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var writer = await connection.BeginBinaryImportAsync(Copy);
        foreach (var (row, at) in batch) await WriteRow(writer, row, at);
        await writer.CompleteAsync();
        return new bool[batch.Count];
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

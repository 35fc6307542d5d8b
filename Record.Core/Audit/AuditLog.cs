using Npgsql;
using Record.Core.Database;

namespace Record.Core.Audit;

/// <summary>
/// Writes audit rows durably before the answer leaves. Rows of concurrent requests go in one statement and each
/// caller is released when its batch has committed; where the row cannot be written, the caller's read fails.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    // Ids hold no comma, so a row's patients come as one text.
    private const string Insert = """
        insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction,
            resource_type, resource_id, query, outcome, patients)
        select at, request, actor, role, organisation, purpose, client, network, action::"char", interaction, resource_type, resource_id, query, outcome, string_to_array(patients, ',')
        from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
            as w (at, request, actor, role, organisation, purpose, client, network, action, interaction, resource_type, resource_id, query, outcome, patients)
        """;

    private const int BatchSize = 512;

    private readonly Grouped<(AuditRow Row, DateTimeOffset At), bool> rows;
    private readonly TimeProvider clock;

    /// <summary>The log of one database.</summary>
    public AuditLog(NpgsqlDataSource database, TimeProvider clock)
        : this(clock, batch => InsertAll(database, batch)) => InStatements = true;

    /// <summary>Whether statements that read write their rows too.</summary>
    internal bool InStatements { get; }

    /// <summary>A log that writes batches by other means: what a benchmark compares with. No host of the product makes one.</summary>
    internal AuditLog(TimeProvider clock, Func<IReadOnlyList<(AuditRow Row, DateTimeOffset At)>, Task> write)
    {
        this.clock = clock;
        rows = new(
            async batch =>
            {
                await write(batch);
                foreach (var (row, _) in batch) row.Access.Trail.Outcome = row.Outcome;
                return new bool[batch.Count];
            }, BatchSize, atOnce: 1);
    }

    /// <summary>Returns when the row is durable; fails if it could not be written.</summary>
    public Task Write(AuditRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return rows.Do((row, clock.GetUtcNow()));
    }

    /// <summary>Writes a row in a transaction: what it tells of happens together with it or not at all.</summary>
    internal static async Task WriteIn(Fhir.RecordTransaction transaction, AuditRow row, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, transaction.Connection);
        Fill(command, [(row, at)]);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => rows.DisposeAsync();

    private static async Task InsertAll(NpgsqlDataSource database, IReadOnlyList<(AuditRow Row, DateTimeOffset At)> batch)
    {
        await using var command = database.CreateCommand(Insert);
        Fill(command, batch);
        await command.ExecuteNonQueryAsync();
    }

    private static void Fill(NpgsqlCommand command, IReadOnlyList<(AuditRow Row, DateTimeOffset At)> batch)
    {
        void Column<T>(Func<(AuditRow Row, DateTimeOffset At), T> of) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. batch.Select(of)] });
        Column(item => item.At);
        CallerColumns.AddTo(command.Parameters, [.. batch.Select(item => item.Row.Access)]);
        Column(item => item.Row.Action.ToString());
        Column(item => item.Row.Interaction);
        Column(item => item.Row.ResourceType);
        Column(item => item.Row.ResourceId);
        Column(item => item.Row.Query);
        Column(item => item.Row.Outcome);
        Column(item => string.Join(',', item.Row.Patients));
    }
}

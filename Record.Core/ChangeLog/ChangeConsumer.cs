using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Record.Core.Fhir;

namespace Record.Core.ChangeLog;

/// <summary>Takes a batch of changes of one partition, in order; what it writes in the transaction commits with the cursor.</summary>
public delegate Task ChangeHandler(IReadOnlyList<Change> changes, RecordTransaction transaction, CancellationToken cancellation);

/// <summary>
/// Runs a handler over the change log: each change once, in order, shared by any number of workers. A partition's cursor is
/// taken <c>for update skip locked</c> and commits together with the handler's effects.
/// </summary>
/// <param name="name">Names the cursor and, as <c>record-worker/NAME</c>, the actor in audit.</param>
/// <param name="by">Which log.</param>
/// <param name="handler">What to do.</param>
/// <param name="store">Opens the transactions.</param>
/// <param name="database">Where cursors are made.</param>
/// <param name="logger">Where failures are told.</param>
/// <param name="giveWay">To whom it gives way; nobody unless given.</param>
public sealed partial class ChangeConsumer(
    string name, ChangesBy by, ChangeHandler handler, ResourceStore store, NpgsqlDataSource database, ILogger<ChangeConsumer> logger, GiveWay? giveWay = null)
    : BackgroundService
{
    /// <summary>Changes a transaction takes at most; small, because an open transaction holds everybody's horizon back.</summary>
    public const int BatchSize = 100;

    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);
    private readonly ChangeCursor cursor = new(name, by);

    /// <summary>Handles what there is until nothing is left, waiting for older transactions to end; for tests and for work on demand.</summary>
    /// <returns>How many changes were handled.</returns>
    public async Task<int> Drain(CancellationToken cancellation)
    {
        await cursor.EnsureExists(database, cancellation);
        var handled = 0;
        do
        {
            while (await Step(cancellation) is var count and >= 0) handled += count;
            await Task.Delay(5, cancellation);
        }
        while (await cursor.IsBehind(database, cancellation));
        return handled;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await cursor.EnsureExists(database, stoppingToken);
        var wait = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = Stopwatch.GetTimestamp();
                wait = await Step(stoppingToken) >= 0 ? giveWay?.After(Stopwatch.GetElapsedTime(began)) ?? TimeSpan.Zero : Idle;
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or ConsumerRefusedException or ObjectDisposedException) // the last: a connection that broke while it was used
            {
                wait = wait < Idle ? Idle : wait < TimeSpan.FromSeconds(10) ? wait * 2 : wait;
                LogFailed(problem, name);
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One transaction: claim a partition with something to do, handle a batch, move its cursor. -1: nothing to do.
    private async Task<int> Step(CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService($"record-worker/{name}"), name, cancellation);
        if (await cursor.Claim(transaction.Connection, cancellation) is not { } place) return -1;
        var changes = await cursor.Read(transaction.Connection, place, BatchSize, cancellation);
        var others = changes.Where(change => change.Cause != name).ToList(); // never its own writes
        if (others.Count > 0) await handler(others, transaction, cancellation);
        await cursor.Move(transaction.Connection, place, changes, changes.Count == BatchSize, cancellation);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out var error) ? changes.Count : throw new ConsumerRefusedException(name, error);
    }

    [LoggerMessage(2101, LogLevel.Error, "Consumer {Consumer} failed; its changes wait and are tried again")]
    private partial void LogFailed(Exception problem, string consumer);
}

/// <summary>A consumer's writes were refused; nothing was committed and the batch is tried again.</summary>
public sealed class ConsumerRefusedException(string consumer, RecordError error)
    : Exception($"The writes of consumer {consumer} were refused: {error.Code}")
{
    /// <summary>Why.</summary>
    public RecordError Error { get; } = error;
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Record.Core.Feeds;

/// <summary>What became of a message after it was stored.</summary>
/// <param name="Reason">Why it waits to be mended; null if it was mapped.</param>
public sealed record Outcome(string? Reason);

/// <summary>Tells senders that ask for it (MSH-16) what became of their messages, whichever worker mapped them.</summary>
public sealed class Outcomes(MessageStore store) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Source, string ControlId), TaskCompletionSource<Outcome>> waiting = new();

    /// <summary>Waits until the message is mapped or set aside; null after a minute.</summary>
    public async Task<Outcome?> Of(string source, string controlId, CancellationToken cancellation)
    {
        var wanted = waiting.GetOrAdd((source, controlId), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            return await wanted.Task.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            waiting.TryRemove((source, controlId), out _);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var access = Access.OfService("record-worker/feeds");
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!waiting.IsEmpty)
                    foreach (var (source, control, reason) in await store.Outcomes(access, [.. waiting.Keys.Take(1000)], stoppingToken))
                        if (waiting.TryGetValue((source, control), out var wanted)) wanted.TrySetResult(new(reason));
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or ObjectDisposedException)
            {
                // asked again
            }

            await Task.Delay(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using System.Threading.Channels;

namespace Record.Core.Feeds;

/// <summary>
/// Stores arrivals of all connections in shared commits: each caller is released when its message is durable.
/// Where the database does not take them, the callers fail and nothing is acknowledged.
/// </summary>
public sealed class Inbox : IAsyncDisposable
{
    private const int BatchSize = 256;

    private readonly Channel<(Arrival Arrival, TaskCompletionSource<Receipt> Done)> queue =
        Channel.CreateBounded<(Arrival, TaskCompletionSource<Receipt>)>(2048);

    private readonly MessageStore store;
    private readonly Task writing;

    /// <summary>Starts the writer.</summary>
    public Inbox(MessageStore store)
    {
        this.store = store;
        writing = Task.Run(WriteAll);
    }

    /// <summary>Returns when the message is durable, with what became of it.</summary>
    public async Task<Receipt> Receive(Arrival arrival, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<Receipt>(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync((arrival, done), cancellation);
        return await done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAll()
    {
        var access = Access.OfService("feeds");
        var batch = new List<(Arrival Arrival, TaskCompletionSource<Receipt> Done)>(BatchSize);
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchSize && queue.Reader.TryRead(out var item)) batch.Add(item);
            try
            {
                var receipts = await store.Receive(access, [.. batch.Select(item => item.Arrival)], CancellationToken.None);
                for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(receipts[i]);
            }
#pragma warning disable CA1031 // whatever it is, each caller gets it; the writer goes on for the next
            catch (Exception problem)
#pragma warning restore CA1031
            {
                foreach (var (_, done) in batch) done.TrySetException(problem);
            }
        }
    }
}

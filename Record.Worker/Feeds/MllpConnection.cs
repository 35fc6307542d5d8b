using System.Threading.Channels;

namespace Record.Worker.Feeds;

/// <summary>What is answered to a message.</summary>
/// <param name="Accept">At once, in the order of messages; null where none is wanted.</param>
/// <param name="Later">What became of it, sent when it is known; null where that is not wanted.</param>
internal sealed record MllpAnswer(byte[]? Accept, Func<CancellationToken, Task<byte[]?>>? Later = null);

/// <summary>
/// One MLLP connection: frames in (<c>0x0B</c> … <c>0x1C 0x0D</c>), answers out in the same order. Up to 256 messages may wait for
/// their answer, so that a sender need not wait for one before it sends the next; application acknowledgements follow when they can.
/// </summary>
internal sealed class MllpConnection(Stream stream, MllpLimits limits, Func<ReadOnlyMemory<byte>, CancellationToken, Task<MllpAnswer>> answer)
{
    private const byte Start = 0x0B, End = 0x1C, Return = 0x0D;
    private const int MostOpen = 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10), Moment = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Task<MllpAnswer>> answers = Channel.CreateBounded<Task<MllpAnswer>>(256);
    private readonly Channel<byte[]> frames = Channel.CreateBounded<byte[]>(256);
    private int open; // messages whose outcome is still to be told

    /// <summary>Runs until the sender closes. Returns what was wrong with the bytes, if anything.</summary>
    public async Task<string?> Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (ordering, writing) = (Guarded(Order, stop), Guarded(Write, stop));
        try
        {
            var fault = await new MllpReader(stream, limits).Read(async message => await answers.Writer.WriteAsync(answer(message, stop.Token), stop.Token), stop.Token);
            answers.Writer.TryComplete();
            await ordering;
            for (var waited = TimeSpan.Zero; fault is null && Volatile.Read(ref open) > 0 && waited < Linger; waited += Moment)
                await Task.Delay(Moment, stop.Token); // a sender that has sent all may still want to hear what became of it
            frames.Writer.TryComplete();
            await writing;
            return fault;
        }
        finally
        {
            answers.Writer.TryComplete();
            frames.Writer.TryComplete();
            await stop.CancelAsync();
            await Task.WhenAll(ordering, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Nothing more is read when nothing can be answered.
    private static async Task Guarded(Func<CancellationToken, Task> work, CancellationTokenSource stop)
    {
        try
        {
            await work(stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task Order(CancellationToken cancellation)
    {
        await foreach (var pending in answers.Reader.ReadAllAsync(cancellation))
        {
            var given = await pending;
            if (given.Accept is { } body) await frames.Writer.WriteAsync(body, cancellation);
            if (given.Later is null) continue;
            while (Volatile.Read(ref open) >= MostOpen) await Task.Delay(Moment, cancellation);
            Interlocked.Increment(ref open);
            _ = Follow(given.Later, cancellation);
        }
    }

    private async Task Follow(Func<CancellationToken, Task<byte[]?>> wait, CancellationToken cancellation)
    {
        try
        {
            if (await wait(cancellation) is { } body) await frames.Writer.WriteAsync(body, cancellation);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ChannelClosedException)
        {
            // The sender is gone; the feed says what became of its message.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task Write(CancellationToken cancellation)
    {
        await foreach (var body in frames.Reader.ReadAllAsync(cancellation))
        {
            var frame = new byte[body.Length + 3];
            frame[0] = Start;
            body.CopyTo(frame, 1);
            (frame[^2], frame[^1]) = (End, Return);
            await stream.WriteAsync(frame, cancellation);
            if (frames.Reader.Count == 0) await stream.FlushAsync(cancellation);
        }
    }
}

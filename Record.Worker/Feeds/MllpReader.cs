using System.Buffers;
using System.IO.Pipelines;

namespace Record.Worker.Feeds;

/// <summary>What all connections of a listener may hold of messages that have not ended, and for how long.</summary>
/// <param name="largest">Bytes of one message.</param>
/// <param name="together">Bytes of all connections.</param>
/// <param name="patience">From a message's first byte to its last.</param>
internal sealed class MllpLimits(int largest, long together, TimeSpan patience)
{
    private long held;

    public int Largest => largest;

    public TimeSpan Patience => patience;

    /// <summary>Counts bytes held; false where all connections together hold too much.</summary>
    public bool Hold(long more) => Interlocked.Add(ref held, more) <= together || more <= 0;
}

/// <summary>
/// Cuts the bytes of a connection into messages. Tolerant: line ends between frames, no return after the end byte, junk before a
/// start byte. What is unfinished is searched once, not again with each piece that comes.
/// </summary>
internal sealed class MllpReader(Stream stream, MllpLimits limits)
{
    private const byte Start = 0x0B, End = 0x1C, Return = 0x0D;
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private long searched; // bytes of the open frame that hold no end
    private long held;

    /// <summary>Hands on each message until the connection ends. Returns what was wrong, if anything.</summary>
    public async Task<string?> Read(Func<ReadOnlyMemory<byte>, Task> take, CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32 * 1024, useZeroByteReads: true, leaveOpen: true));
        using var alarm = new Timer(_ => reader.CancelPendingRead());
        DateTimeOffset? began = null;
        var quiet = false;
        try
        {
            while (true)
            {
                alarm.Change(quiet ? Grace : began is null ? Timeout.InfiniteTimeSpan : limits.Patience, Timeout.InfiniteTimeSpan);
                var read = await reader.ReadAsync(cancellation);
                var buffer = read.Buffer;
                var ended = read.IsCompleted || (quiet && read.IsCanceled);
                while (TryTake(ref buffer, ended, out var message)) await take(message);
                var rest = buffer.Length;
                quiet = !ended && !read.IsCompleted && EndsWithEnd(buffer);
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (rest > limits.Largest) return "a message is larger than is taken, or bytes stand outside a frame";
                if (!limits.Hold(rest - held)) return "all connections together hold more unfinished bytes than are taken";
                held = rest;
                if (read.IsCompleted) return rest > 0 ? "the connection ended inside a message" : null;
                began = rest == 0 ? null : began ?? Now();
                if (began is { } since && Now() - since > limits.Patience) return "a message took longer to come than is waited for";
            }
        }
        finally
        {
            limits.Hold(-held);
            await reader.CompleteAsync();
        }
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    // Where the sender leaves out the return and waits for its answer, the end byte ends the message after a moment.
    private bool TryTake(ref ReadOnlySequence<byte> buffer, bool ended, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (buffer.PositionOf(Start) is not { } start)
        {
            searched = 0;
            if (OnlyBreaks(buffer)) buffer = buffer.Slice(buffer.End); // line ends between frames are harmless
            return false;
        }

        buffer = buffer.Slice(start);
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(Math.Max(1, Math.Min(searched, buffer.Length)));
        while (reader.TryAdvanceTo(End, advancePastDelimiter: true))
        {
            if (!reader.TryPeek(out var next))
            {
                if (!ended)
                {
                    searched = reader.Consumed - 1;
                    return false;
                }
            }
            else if (next is not (Return or (byte)'\n' or Start)) continue; // 0x1C inside a message is content

            message = buffer.Slice(1, reader.Consumed - 2).ToArray();
            if (reader.TryPeek(out next) && next == Return) reader.Advance(1);
            buffer = buffer.Slice(reader.Position);
            searched = 0;
            return true;
        }

        searched = buffer.Length;
        return false;
    }

    private static bool EndsWithEnd(ReadOnlySequence<byte> buffer) => !buffer.IsEmpty && buffer.Slice(buffer.Length - 1).FirstSpan[0] == End;

    private static bool OnlyBreaks(ReadOnlySequence<byte> buffer)
    {
        foreach (var part in buffer)
            if (part.Span.ContainsAnyExcept("\r\n "u8)) return false;
        return true;
    }
}

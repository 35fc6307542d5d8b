using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Record.Worker.Feeds;

/// <summary>
/// One MLLP connection: frames in (<c>0x0B</c> … <c>0x1C 0x0D</c>), answers out in the same order. Up to 256 messages may wait for
/// their answer, so that a sender need not wait for one before it sends the next.
/// </summary>
internal sealed class MllpConnection(Stream stream, int largest, Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]?>> answer)
{
    private const byte Start = 0x0B, End = 0x1C, Return = 0x0D;
    private readonly Channel<Task<byte[]?>> answers = Channel.CreateBounded<Task<byte[]?>>(256);

    /// <summary>Runs until the sender closes. Returns what was wrong with the bytes, if anything.</summary>
    public async Task<string?> Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = Write(stop);
        try
        {
            return await Read(stop.Token);
        }
        finally
        {
            answers.Writer.TryComplete();
            await writing;
        }
    }

    private async Task<string?> Read(CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var buffer = read.Buffer;
            while (TryTake(ref buffer, out var message)) await answers.Writer.WriteAsync(answer(message, cancellation), cancellation);
            var rest = buffer.Length;
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (rest > largest) return "a message is larger than is taken, or bytes stand outside a frame";
            if (read.IsCompleted) return rest > 0 ? "the connection ended inside a message" : null;
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (buffer.PositionOf(Start) is not { } start)
        {
            if (OnlyBreaks(buffer)) buffer = buffer.Slice(buffer.End); // line ends between frames are harmless
            return false;
        }

        var inside = buffer.Slice(buffer.GetPosition(1, start));
        var reader = new SequenceReader<byte>(inside);
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, End, advancePastDelimiter: true))
        {
            if (!reader.TryPeek(out var next)) return false;
            if (next != Return) continue; // 0x1C inside a message is content
            message = inside.Slice(0, reader.Consumed - 1).ToArray();
            reader.Advance(1);
            buffer = inside.Slice(reader.Position);
            return true;
        }

        return false;
    }

    private static bool OnlyBreaks(ReadOnlySequence<byte> buffer)
    {
        foreach (var part in buffer)
            if (part.Span.ContainsAnyExcept("\r\n "u8)) return false;
        return true;
    }

    private async Task Write(CancellationTokenSource stop)
    {
        try
        {
            await foreach (var pending in answers.Reader.ReadAllAsync(stop.Token))
            {
                if (await pending is not { } body) continue;
                var frame = new byte[body.Length + 3];
                frame[0] = Start;
                body.CopyTo(frame, 1);
                (frame[^2], frame[^1]) = (End, Return);
                await stream.WriteAsync(frame, stop.Token);
                if (answers.Reader.Count == 0) await stream.FlushAsync(stop.Token);
            }
        }
        catch
        {
            await stop.CancelAsync(); // nothing more is read when nothing can be answered
            throw;
        }
    }
}

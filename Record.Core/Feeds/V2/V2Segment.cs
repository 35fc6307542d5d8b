using System.Text;

namespace Record.Core.Feeds.V2;

/// <summary>One segment of a message. A segment that is not there answers every field empty.</summary>
public readonly struct V2Segment
{
    private readonly V2Message? message;
    private readonly int start;
    private readonly int length;

    internal V2Segment(V2Message message, int start, int length) => (this.message, this.start, this.length) = (message, start, length);

    /// <summary>Whether the message has it.</summary>
    public bool Exists => message is not null;

    /// <summary>Three characters: <c>PID</c>, <c>ZCT</c>.</summary>
    public string Name => message is null ? "" : Encoding.ASCII.GetString(Bytes[..3]);

    internal ReadOnlySpan<byte> Bytes => message is null ? default : message.Bytes.Span.Slice(start, length);

    internal bool Is(ReadOnlySpan<byte> name) => Bytes.StartsWith(name);

    /// <summary>The n-th field, numbered as the standard does (MSH-1 is the field separator itself).</summary>
    public V2Value Field(int n)
    {
        if (message is null || n < 1) return default;
        if (Is("MSH"u8))
        {
            if (n == 1) return new(message, start + 3, 1, V2Value.Level.Subcomponent);
            if (n == 2) return Whole(1, V2Value.Level.Subcomponent);
            n--;
        }

        return Whole(n, V2Value.Level.Field);
    }

    private V2Value Whole(int n, V2Value.Level level)
    {
        var bytes = Bytes;
        var delimiter = message!.Delimiters.Field;
        var from = 0;
        for (var i = 0; i < n; i++)
        {
            var next = bytes[from..].IndexOf(delimiter);
            if (next < 0) return default;
            from += next + 1;
        }

        var end = bytes[from..].IndexOf(delimiter);
        return new(message, start + from, end < 0 ? length - from : end, level);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Record.Core.Feeds.V2;

/// <summary>
/// An HL7 v2 message over its bytes: segments are found once, everything below is cut out when asked for.
/// Never throws on what it is given; the number of segments is bounded.
/// </summary>
/// <remarks>HL7 v2.5.1 chapter 2: https://www.hl7.org/implement/standards/product_brief.cfm?product_id=144.</remarks>
public sealed class V2Message
{
    private const int MostSegments = 50_000;
    private readonly List<V2Segment> segments = [];

    private V2Message(ReadOnlyMemory<byte> bytes, V2Delimiters delimiters) => (Bytes, Delimiters) = (bytes, delimiters);

    /// <summary>The message from <c>MSH</c> on.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The delimiters it declares.</summary>
    public V2Delimiters Delimiters { get; }

    /// <summary>The character set it declares in MSH-18.</summary>
    public Encoding Encoding { get; private set; } = Encoding.UTF8;

    /// <summary>All segments in order.</summary>
    public IReadOnlyList<V2Segment> Segments => segments;

    /// <summary>The header.</summary>
    public V2Segment Header => segments[0];

    /// <summary>The n-th segment of that name, from 1; one that does not exist answers every field empty.</summary>
    public V2Segment Segment(string name, int n = 1)
    {
        Span<byte> wanted = stackalloc byte[3];
        Encoding.ASCII.GetBytes(name.AsSpan(0, 3), wanted);
        foreach (var segment in segments)
            if (segment.Is(wanted) && --n == 0) return segment;
        return default;
    }

    /// <summary>All segments of that name, in order.</summary>
    public IEnumerable<V2Segment> All(string name)
    {
        var wanted = Encoding.ASCII.GetBytes(name);
        foreach (var segment in segments)
            if (segment.Is(wanted)) yield return segment;
    }

    /// <summary>Reads the bytes of one message, or says what is wrong and where.</summary>
    /// <param name="bytes">Without the MLLP frame. Segments end with CR, LF or CRLF.</param>
    /// <param name="message">The message, if it is one.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out V2Message? message, [NotNullWhen(false)] out V2Fault? fault)
    {
        message = null;
        bytes = bytes[Leading(bytes.Span)..];
        if (V2Delimiters.TryRead(bytes.Span, out var delimiters) is { } wrong)
        {
            fault = new("MSH", wrong, 100);
            return false;
        }

        var parsed = new V2Message(bytes, delimiters);
        fault = parsed.FindSegments();
        if (fault is not null) return false;
        if (!V2Charset.TryGet(parsed.Header.Field(18).Repetition(1).Bytes, bytes.Span, out var encoding))
        {
            fault = new("MSH-18", "this character set is not supported; use UNICODE UTF-8, 8859/1 to 8859/9, 8859/15 or ASCII", 103);
            return false;
        }

        parsed.Encoding = encoding;
        message = parsed;
        return true;
    }

    private V2Fault? FindSegments()
    {
        // Where CR ends segments, a bare LF is text that somebody forgot to escape.
        var span = Bytes.Span;
        var separator = span.Contains((byte)'\r') ? (byte)'\r' : (byte)'\n';
        for (var start = 0; start < span.Length;)
        {
            var found = span[start..].IndexOf(separator);
            var end = found < 0 ? span.Length : start + found;
            var (from, to) = (start, end);
            while (from < to && span[from] is (byte)'\n' or (byte)' ') from++;
            while (to > from && span[to - 1] is (byte)'\n') to--;
            start = end + 1;
            if (to == from) continue;
            if (segments.Count == MostSegments) return new("MSH", "the message has more than 50,000 segments", 100);
            if (!IsSegment(span[from..to])) return new($"segment {segments.Count + 1}", "this line does not begin with the name of a segment", 100);
            segments.Add(new(this, from, to - from));
        }

        return null;
    }

    private bool IsSegment(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || (line.Length > 3 && line[3] != Delimiters.Field)) return false;
        return char.IsAsciiLetterUpper((char)line[0]) && IsNameCharacter(line[1]) && IsNameCharacter(line[2]);
    }

    private static bool IsNameCharacter(byte value) => char.IsAsciiLetterUpper((char)value) || char.IsAsciiDigit((char)value);

    private static int Leading(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (at < bytes.Length && bytes[at] is (byte)'\r' or (byte)'\n' or (byte)' ') at++;
        return at;
    }
}

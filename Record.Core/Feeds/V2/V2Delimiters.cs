namespace Record.Core.Feeds.V2;

/// <summary>The characters that a message declares for itself in MSH-1 and MSH-2.</summary>
/// <param name="Field">MSH-1, usually <c>|</c>.</param>
/// <param name="Component">Usually <c>^</c>.</param>
/// <param name="Repetition">Usually <c>~</c>.</param>
/// <param name="Escape">Usually <c>\</c>; 0 where the message declares none.</param>
/// <param name="Subcomponent">Usually <c>&amp;</c>; 0 where the message declares none.</param>
public readonly record struct V2Delimiters(byte Field, byte Component, byte Repetition, byte Escape, byte Subcomponent)
{
    /// <summary>Reads MSH-1 and MSH-2; says why not where they make no sense.</summary>
    internal static string? TryRead(ReadOnlySpan<byte> message, out V2Delimiters delimiters)
    {
        delimiters = default;
        if (message.Length < 8 || !message.StartsWith("MSH"u8)) return "the message does not begin with an MSH segment";
        var field = message[3];
        if (!IsDelimiter(field)) return "MSH-1 is not a field separator";
        var rest = message[4..];
        var end = rest.IndexOfAny(field, (byte)'\r', (byte)'\n');
        if (end is < 1 or > 5) return "MSH-2 does not hold one to five encoding characters";
        var encoding = rest[..end];
        Span<byte> all = stackalloc byte[] { field, 0, (byte)'~', 0, 0 };
        for (var i = 0; i < Math.Min(4, encoding.Length); i++)
        {
            if (!IsDelimiter(encoding[i]) || all[..(i + 1)].Contains(encoding[i])) return "the encoding characters of MSH-2 are not distinct delimiters";
            all[i + 1] = encoding[i];
        }

        delimiters = new(all[0], all[1], all[2], all[3], all[4]);
        return null;
    }

    private static bool IsDelimiter(byte value) => value is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);
}

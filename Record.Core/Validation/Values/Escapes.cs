using System.Buffers.Text;

namespace Record.Core.Validation.Values;

/// <summary>Escapes in a JSON string that stand for no character that a record may hold.</summary>
internal static class Escapes
{
    /// <summary>What is wrong with the escapes of a raw string; null where nothing is.</summary>
    public static string? Fault(ReadOnlySpan<byte> raw)
    {
        for (var i = raw.IndexOf((byte)'\\'); i >= 0 && i + 1 < raw.Length; i = Next(raw, i))
        {
            if (raw[i + 1] is (byte)'b' or (byte)'f') return "A string must not hold control characters.";
            if (raw[i + 1] != 'u') { i += 1; continue; }
            var unit = Unit(raw, i);
            if (unit == 0) return "A string must not hold the character NUL.";
            if (unit < 0x20 && unit is not (9 or 10 or 13)) return "A string must not hold control characters.";
            if (unit is >= 0xDC00 and < 0xE000) return "A string must not hold half of a surrogate pair.";
            if (unit is >= 0xD800 and < 0xDC00)
            {
                if (i + 11 >= raw.Length || raw[i + 6] != '\\' || raw[i + 7] != 'u' || Unit(raw, i + 6) is < 0xDC00 or >= 0xE000) return "A string must not hold half of a surrogate pair.";
                i += 6;
            }

            i += 5;
        }

        return null;
    }

    private static int Next(ReadOnlySpan<byte> raw, int last)
    {
        var at = raw[(last + 1)..].IndexOf((byte)'\\');
        return at < 0 ? -1 : last + 1 + at;
    }

    private static int Unit(ReadOnlySpan<byte> raw, int at) =>
        Utf8Parser.TryParse(raw.Slice(at + 2, 4), out ushort unit, out _, 'x') ? unit : 0;
}

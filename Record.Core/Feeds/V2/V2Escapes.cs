using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Record.Core.Feeds.V2;

/// <summary>Escape sequences of HL7 v2, chapter 2.7: delimiters, hexadecimal data and formatting.</summary>
internal static class V2Escapes
{
    /// <summary>The text that the bytes of one leaf mean. An unfinished or unknown sequence is left as it stands.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, V2Delimiters delimiters, Encoding encoding)
    {
        if (delimiters.Escape == 0 || bytes.IndexOf(delimiters.Escape) < 0) return encoding.GetString(bytes);

        var output = new ArrayBufferWriter<byte>(bytes.Length);
        while (bytes.IndexOf(delimiters.Escape) is >= 0 and var start)
        {
            output.Write(bytes[..start]);
            var length = bytes[(start + 1)..].IndexOf(delimiters.Escape);
            if (length < 0 || !Write(bytes.Slice(start + 1, length), delimiters, output))
            {
                output.Write(bytes.Slice(start, 1)); // not a sequence: the character itself
                bytes = bytes[(start + 1)..];
                continue;
            }

            bytes = bytes[(start + length + 2)..];
        }

        output.Write(bytes);
        return encoding.GetString(output.WrittenSpan);
    }

    private static bool Write(ReadOnlySpan<byte> sequence, V2Delimiters delimiters, ArrayBufferWriter<byte> output)
    {
        if (sequence.IsEmpty) return false;
        switch (sequence[0])
        {
            case (byte)'F' when sequence.Length == 1: output.Write([delimiters.Field]); return true;
            case (byte)'S' when sequence.Length == 1: output.Write([delimiters.Component]); return true;
            case (byte)'T' when sequence.Length == 1: output.Write([delimiters.Subcomponent == 0 ? (byte)'&' : delimiters.Subcomponent]); return true;
            case (byte)'R' when sequence.Length == 1: output.Write([delimiters.Repetition]); return true;
            case (byte)'E' when sequence.Length == 1: output.Write([delimiters.Escape]); return true;
            case (byte)'H' or (byte)'N' when sequence.Length == 1: return true; // highlighting on, off
            case (byte)'X': return Hexadecimal(sequence[1..], output);
            case (byte)'C' or (byte)'M' or (byte)'Z' when sequence.Length <= 16 && IsAlphanumeric(sequence): return true; // other character sets, local
            case (byte)'.': return Formatting(sequence[1..], output);
            default: return false;
        }
    }

    private static bool Hexadecimal(ReadOnlySpan<byte> digits, ArrayBufferWriter<byte> output)
    {
        if (digits.IsEmpty || digits.Length % 2 != 0) return false;
        var target = output.GetSpan(digits.Length / 2);
        if (Convert.FromHexString(digits, target, out _, out var written) != OperationStatus.Done) return false;
        output.Advance(written);
        return true;
    }

    private static bool Formatting(ReadOnlySpan<byte> command, ArrayBufferWriter<byte> output)
    {
        if (command.Length < 2) return false;
        var name = Encoding.ASCII.GetString(command[..2]);
        if (name is not ("br" or "sp" or "ce" or "fi" or "nf" or "in" or "ti" or "sk")) return false;
        if (!Utf8Parser.TryParse(command[2..], out int count, out var used) || used != command.Length - 2) count = command.Length == 2 ? 1 : -1;
        if (count < 0 && name is not ("in" or "ti")) return false;
        var (mark, times) = name switch
        {
            "br" or "ce" => ("\n", 1),
            "sp" => ("\n", Math.Clamp(count, 1, 100)),
            "sk" => (" ", Math.Clamp(count, 1, 100)),
            _ => ("", 0),
        };
        for (var i = 0; i < times; i++) output.Write(Encoding.ASCII.GetBytes(mark.ToString(CultureInfo.InvariantCulture)));
        return true;
    }

    private static bool IsAlphanumeric(ReadOnlySpan<byte> sequence)
    {
        foreach (var value in sequence)
            if (!char.IsAsciiLetterOrDigit((char)value)) return false;
        return true;
    }
}

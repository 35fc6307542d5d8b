using System.Buffers;
using System.Buffers.Text;
using Record.Core.Validation.Definitions;

namespace Record.Core.Validation.Values;

/// <summary>The lexical rules of the primitive types that JSON writes as strings. https://hl7.org/fhir/R4/datatypes.html#primitive</summary>
internal static class PrimitiveFormat
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n\f\v"u8);
    private const int MaxString = 1024 * 1024;

    /// <summary>What a value has to be, as a sentence; null where it is.</summary>
    public static string? Fault(Primitive type, ReadOnlySpan<byte> text) => type switch
    {
        _ when text.IsEmpty => "A string must not be empty.",
        Primitive.String or Primitive.Markdown => text.Length > MaxString && Characters(text) > MaxString
            ? "A string holds at most 1,048,576 characters." : IsBlank(text) ? "A string must hold more than white space." : null,
        Primitive.Code => IsCode(text) ? null : "A code has no white space at either end, and only single blanks inside.",
        Primitive.Id => IsId(text) ? null : "An id has 1 to 64 characters: letters, digits, hyphens and dots.",
        Primitive.ElementId => HasWhiteSpace(text) ? "The id of an element has no white space." : null,
        Primitive.Uri or Primitive.Url or Primitive.Canonical => HasWhiteSpace(text) ? "An address has no white space." : null,
        Primitive.Oid => Urn.IsOid(text) ? null : "An OID is written urn:oid:1.2.3.",
        Primitive.Uuid => Urn.IsUuid(text) ? null : "A UUID is written urn:uuid: and 32 lower-case hexadecimal digits in groups of 8-4-4-4-12.",
        Primitive.Date => text.Length <= 10 && Moment.TryRead(text, out _) ? null : "A date of the calendar is YYYY, YYYY-MM or YYYY-MM-DD.",
        Primitive.DateTime => Moment.TryRead(text, out _) ? null : "A dateTime is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz, and of the calendar.",
        Primitive.Instant => Moment.TryRead(text, out var moment) && moment.HasTime ? null : "An instant is YYYY-MM-DDThh:mm:ss.sss+zz:zz, and of the calendar.",
        Primitive.Time => Moment.TryTime(text, out _, out var used) && used == text.Length ? null : "A time is hh:mm:ss, without a zone.",
        Primitive.Base64Binary => Base64.IsValid(text) ? null : "This is not base64.",
        _ => null,
    };

    /// <summary>Integers: no fraction, no exponent, 32 bits, and the sign that the type allows.</summary>
    public static string? NumberFault(Primitive type, ReadOnlySpan<byte> digits)
    {
        if (digits.Length > 64) return "A number is written with at most 64 characters.";
        if (type == Primitive.Decimal) return ExponentFault(digits);
        if (!Utf8Parser.TryParse(digits, out int number, out var used) || used != digits.Length) return "A whole number of 32 bits is written without fraction and exponent.";
        return type switch
        {
            Primitive.PositiveInt when number < 1 => "A positive whole number begins at 1.",
            Primitive.UnsignedInt when number < 0 || digits[0] == '-' => "This whole number must not be negative.",
            _ => null,
        };
    }

    private static string? ExponentFault(ReadOnlySpan<byte> digits)
    {
        var at = digits.IndexOfAny((byte)'e', (byte)'E');
        if (at < 0) return null;
        var exponent = digits[(at + 1)..];
        if (exponent[0] == '+') exponent = exponent[1..];
        return Utf8Parser.TryParse(exponent, out int power, out _) && Math.Abs((long)power) <= 300 ? null : "The exponent of a number lies between -300 and 300.";
    }

    /// <summary>ISO 4217 writes three capitals.</summary>
    public static bool IsCurrency(ReadOnlySpan<byte> code) => code.Length == 3 && code.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;

    public static bool IsId(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 64) return false;
        foreach (var c in text)
            if (!(char.IsAsciiLetterOrDigit((char)c) || c is (byte)'-' or (byte)'.')) return false;
        return true;
    }

    private static bool IsCode(ReadOnlySpan<byte> text)
    {
        if (IsSpace(text[0]) || IsSpace(text[^1])) return false;
        for (var i = 1; i < text.Length; i++)
            if (IsSpace(text[i]) && IsSpace(text[i - 1])) return false;
        return true;
    }

    private static bool HasWhiteSpace(ReadOnlySpan<byte> text) => text.IndexOfAny(WhiteSpace) >= 0;

    /// <summary>Nothing but white space, that of Unicode included.</summary>
    private static bool IsBlank(ReadOnlySpan<byte> text)
    {
        if (text[0] is > 0x20 and < 0x80) return false;
        while (!text.IsEmpty)
        {
            System.Text.Rune.DecodeFromUtf8(text, out var rune, out var used);
            if (!System.Text.Rune.IsWhiteSpace(rune)) return false;
            text = text[used..];
        }

        return true;
    }

    private static int Characters(ReadOnlySpan<byte> text) => System.Text.Encoding.UTF8.GetCharCount(text);

    private static bool IsSpace(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0B or 0x0C;
}

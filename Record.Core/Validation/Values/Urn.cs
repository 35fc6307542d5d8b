namespace Record.Core.Validation.Values;

/// <summary>URNs of OIDs and UUIDs. https://hl7.org/fhir/R4/datatypes.html#oid</summary>
internal static class Urn
{
    /// <summary>urn:oid: with at least two arcs, the first 0 to 2, none with a leading zero.</summary>
    public static bool IsOid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:oid:"u8)) return false;
        var oid = text["urn:oid:".Length..];
        if (oid.Length < 3 || oid[0] is < (byte)'0' or > (byte)'2' || oid[1] != '.') return false;
        foreach (var arc in oid.Split((byte)'.'))
        {
            var digits = oid[arc];
            if (digits.IsEmpty || digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || (digits.Length > 1 && digits[0] == '0')) return false;
        }

        return true;
    }

    /// <summary>urn:uuid: with 8-4-4-4-12 lower-case hexadecimal digits.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text) =>
        text.StartsWith("urn:uuid:"u8) && IsUuid(text["urn:uuid:".Length..], lowerOnly: true);

    /// <summary>Of either case: what writers put behind a reference.</summary>
    public static bool IsUuidOfAnyCase(ReadOnlySpan<byte> text) =>
        text.StartsWith("urn:uuid:"u8) && IsUuid(text["urn:uuid:".Length..], lowerOnly: false);

    private static bool IsUuid(ReadOnlySpan<byte> digits, bool lowerOnly)
    {
        if (digits.Length != 36) return false;
        for (var i = 0; i < 36; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                if (digits[i] != '-') return false;
            }
            else if (!(lowerOnly ? char.IsAsciiHexDigitLower((char)digits[i]) : char.IsAsciiHexDigit((char)digits[i]))) return false;
        }

        return true;
    }
}

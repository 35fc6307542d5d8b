using Record.Core.Validation.Definitions;

namespace Record.Core.Validation.Values;

/// <summary>What the text of a reference looks like.</summary>
internal enum ReferenceShape
{
    /// <summary>[type]/[id], with or without a version.</summary>
    Relative,

    /// <summary>An address with a scheme, or a urn.</summary>
    Absolute,

    /// <summary>[type]?[query].</summary>
    Search,

    /// <summary>None of them.</summary>
    Other,
}

/// <summary>The text of <c>Reference.reference</c>. https://hl7.org/fhir/R4/references.html#literal</summary>
internal static class ReferenceText
{
    /// <summary>Tells the shape, and the type where the text says it.</summary>
    public static ReferenceShape Read(ReadOnlySpan<byte> text, R4 rules, out TypeRule? type)
    {
        type = null;
        if (text.StartsWith("urn:"u8))
        {
            if (text.StartsWith("urn:uuid:"u8)) return Urn.IsUuidOfAnyCase(text) ? ReferenceShape.Absolute : ReferenceShape.Other;
            return !text.StartsWith("urn:oid:"u8) || Urn.IsOid(text) ? ReferenceShape.Absolute : ReferenceShape.Other;
        }

        var path = text;
        var fragment = path.IndexOf((byte)'#');
        if (fragment >= 0) path = path[..fragment];
        if (HasScheme(path))
        {
            _ = TryRest(path, rules, exact: false, out type);
            return ReferenceShape.Absolute;
        }

        var query = path.IndexOf((byte)'?');
        if (query > 0)
        {
            type = rules.Resources.Find(path[..query]);
            return type is null ? ReferenceShape.Other : ReferenceShape.Search;
        }

        return TryRest(path, rules, exact: true, out type) ? ReferenceShape.Relative : ReferenceShape.Other;
    }

    /// <summary>Whether it ends as the address of a resource does; exactly so, or behind a base.</summary>
    private static bool TryRest(ReadOnlySpan<byte> path, R4 rules, bool exact, out TypeRule? type)
    {
        type = null;
        var history = path.LastIndexOf("/_history/"u8);
        if (history >= 0)
        {
            if (!PrimitiveFormat.IsId(path[(history + "/_history/".Length)..])) return false;
            path = path[..history];
        }

        var slash = path.LastIndexOf((byte)'/');
        if (slash <= 0 || !PrimitiveFormat.IsId(path[(slash + 1)..])) return false;
        var before = path[..slash];
        var start = before.LastIndexOf((byte)'/') + 1;
        if (exact && start > 0) return false;
        type = rules.Resources.Find(before[start..]);
        return type is not null;
    }

    private static bool HasScheme(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        if (colon <= 0 || !char.IsAsciiLetter((char)text[0])) return false;
        foreach (var c in text[..colon])
            if (!(char.IsAsciiLetterOrDigit((char)c) || c is (byte)'+' or (byte)'-' or (byte)'.')) return false;
        return true;
    }
}

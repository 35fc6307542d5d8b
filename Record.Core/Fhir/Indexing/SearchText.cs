using System.Globalization;
using System.Text;

namespace Record.Core.Fhir;

/// <summary>How texts stand in the index, and so how a question's texts are compared with them.</summary>
internal static class SearchText
{
    /// <summary>Between a folded string and its original.</summary>
    public const char Original = '\u0001';

    /// <summary>Between the parts of a composite.</summary>
    public const char Part = '\u0002';

    private const int Longest = 500; // an index entry must fit a page

    /// <summary>Lower case, without accents: how strings are compared.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) folded.Append(char.ToLowerInvariant(c));
        return folded.ToString();
    }

    /// <summary>As much of a text as is indexed.</summary>
    public static string Cut(string text) => text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];

    /// <summary>A string as indexed: folded, and the original behind it where it differs.</summary>
    public static string Indexed(string text)
    {
        text = Cut(Clean(text));
        var folded = Fold(text);
        return folded == text ? text : folded + Original + text;
    }

    /// <summary>A reference without version; an absolute one keeps its server.</summary>
    public static string Relative(string reference)
    {
        var history = reference.IndexOf("/_history/", StringComparison.Ordinal);
        return history < 0 ? reference : reference[..history];
    }

    private static string Clean(string text) => text.AsSpan().IndexOfAnyInRange('\0', Part) < 0 ? text
        : text.Replace("\0", "", StringComparison.Ordinal).Replace("\u0001", "", StringComparison.Ordinal).Replace("\u0002", "", StringComparison.Ordinal);
}

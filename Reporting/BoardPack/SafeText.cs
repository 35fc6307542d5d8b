namespace Reporting.BoardPack;

/// <summary>Text that comes from outside stays text: it can neither become a formula nor break the file.</summary>
internal static class SafeText
{
    private const int Longest = 32_767; // what a cell holds

    /// <summary>Without characters that XML cannot carry, and no longer than a cell.</summary>
    public static string Of(string text)
    {
        var kept = string.Concat(text.Where(c => c is '\n' or '\t' || (!char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\uFFFE' or '\uFFFF'))));
        return kept.Length <= Longest ? kept : kept[..Longest];
    }

    /// <summary>Whether a program that reads the text again, from a copy or a CSV, might take it for a formula.</summary>
    public static bool LooksLikeFormula(string text) => text.TrimStart(' ', '\t', '\n', '\r') is ['=' or '+' or '-' or '@' or '\t' or '|' or '%', ..];
}

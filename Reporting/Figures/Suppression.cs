namespace Reporting.Figures;

/// <summary>A named way of keeping small numbers from telling who somebody is. The name stands on every page that uses it.</summary>
internal sealed record Suppression(string Name, string Explanation, Func<long, long?> Count, Func<long, long, decimal?> Percent)
{
    public const string Symbol = "*";

    /// <summary>For the system as a whole, which is left as counted.</summary>
    public static Suppression None { get; } = new(
        "none",
        "Counts as they are, percentages to one decimal place.",
        count => count,
        (numerator, denominator) => denominator == 0 ? null : Math.Round(100m * numerator / denominator, 1, MidpointRounding.AwayFromZero));

    /// <summary>Mental Health Services Data Set monthly statistics, sub-national (94_Round_output).</summary>
    public static Suppression Mhsds { get; } = new(
        "mhsds",
        "MHSDS: counts under 5 are shown as *, others are rounded to the nearest 5; a percentage whose numerator or denominator is "
        + "under 5 is shown as *, others are whole per cent. Applied below system level; columns therefore need not add up.",
        count => count < 5 ? null : (count + 2) / 5 * 5,
        (numerator, denominator) => numerator < 5 || denominator < 5
            ? null
            : Math.Round(100m * numerator / denominator, 0, MidpointRounding.AwayFromZero));

    /// <summary>The patterns that the setting <c>Reporting:Disclosure</c> can name.</summary>
    public static IReadOnlyDictionary<string, Suppression> Named { get; } =
        new Dictionary<string, Suppression>(StringComparer.Ordinal) { [Mhsds.Name] = Mhsds };
}

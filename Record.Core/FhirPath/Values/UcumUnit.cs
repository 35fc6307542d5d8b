using System.Collections.Concurrent;

namespace Record.Core.FhirPath.Values;

/// <summary>A UCUM unit as an exact factor of a product of base units. https://ucum.org/ucum</summary>
/// <param name="Factor">How many of <paramref name="Dimension"/> it is.</param>
/// <param name="Dimension">Powers of base units, as UCUM writes them: <c>g.m-1.s-2</c>; <c>1</c> for a number.</param>
internal sealed record UcumUnit(decimal Factor, string Dimension)
{
    private const int MostRemembered = 4096; // units come with the data
    private static readonly ConcurrentDictionary<string, UcumUnit?> Known = new();

    /// <summary>The unit of a UCUM code; null if it is not UCUM, or beyond a decimal's reach.</summary>
    public static UcumUnit? Find(string code)
    {
        if (Known.TryGetValue(code, out var known)) return known;
        var unit = code.Length <= 100 ? UcumCode.Parse(code) : null;
        if (Known.Count < MostRemembered) Known[code] = unit;
        return unit;
    }

    /// <summary>The unit of a product (power 1) or quotient (power -1).</summary>
    public static UcumUnit Combine(UcumUnit left, UcumUnit right, int power)
    {
        var powers = new UcumPowers();
        powers.Add(left, 1);
        powers.Add(right, power);
        return powers.ToUnit();
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Fhir.Metrics;

namespace Record.Core.Fhir;

/// <summary>The same quantity in other units of UCUM: 5.4 mg is also 0.0054 g. https://ucum.org</summary>
internal static class UcumUnits
{
    private static readonly ConcurrentDictionary<string, (decimal Factor, string Base)?> Known = new();

    /// <summary>The quantity in its own unit and in each other one of the same kind.</summary>
    public static List<SearchTerm.Number> Expand(SearchTerm.Number number, IEnumerable<string> units)
    {
        var all = new List<SearchTerm.Number> { number };
        if (number.Code is not { } code || Of(code) is not var (factor, kind)) return all;
        foreach (var unit in units)
            if (unit != code && Of(unit) is var (other, otherKind) && otherKind == kind && In(number, factor, other) is { } same)
                all.Add(same with { Code = unit });
        return all;
    }

    private static SearchTerm.Number? In(SearchTerm.Number number, decimal factor, decimal other)
    {
        try
        {
            return number with { Value = number.Value * factor / other, Half = number.Half * factor / other };
        }
        catch (OverflowException)
        {
            return null; // beyond what a value can be, so that none is found in that unit
        }
    }

    private static (decimal Factor, string Base)? Of(string unit) => Known.Count < 10_000 ? Known.GetOrAdd(unit, Canonical) : Canonical(unit);

    // Temperatures other than kelvin are not a factor of it, and are found in their own unit only.
    private static (decimal Factor, string Base)? Canonical(string unit)
    {
        if (unit.Contains("Cel", StringComparison.Ordinal) || unit.Contains("deg", StringComparison.Ordinal) || unit.Length > 100) return null;
        return FhirMetricService.Instance.Value.TryCanonicalize(("1.000000000000000", unit, SearchNumberSql.Ucum), out var found) && found is { } canonical
            && decimal.TryParse(canonical.value, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && factor > 0 ? (factor, canonical.unit) : null;
    }
}

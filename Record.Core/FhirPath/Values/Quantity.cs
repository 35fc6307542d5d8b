using System.Globalization;
using System.Text.Json;

namespace Record.Core.FhirPath.Values;

/// <summary>A number with a UCUM unit or a calendar duration. http://hl7.org/fhirpath/N1/#quantity</summary>
/// <param name="Value">The number, with its digits.</param>
/// <param name="Unit">A UCUM code, or a calendar word such as <c>days</c>.</param>
/// <param name="IsDuration">Whether the unit is a calendar word: a month is then no fixed number of days.</param>
internal sealed record Quantity(decimal Value, string Unit, bool IsDuration = false)
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>A FHIR Quantity; null without a number, with a comparator (more than 60 is no number), or with units that are not UCUM's.</summary>
    public static Quantity? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("value"u8, out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetDecimal(out var value)) return null;
        if (json.TryGetProperty("comparator"u8, out _) || (Text(json, "system"u8) is { } system && system != Ucum)) return null;
        return new(value, Text(json, "code"u8) ?? Text(json, "unit"u8) ?? "1");
    }

    /// <summary>A quantity as text: <c>4 days</c>, <c>4 'mg'</c>, <c>4</c>; null if it is none.</summary>
    public static Quantity? Parse(string text)
    {
        text = text.Trim();
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '+' or '-')) end++;
        if (!decimal.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return null;
        var unit = text[end..].Trim();
        if (unit.Length == 0) return new(value, "1");
        if (IsCalendar(unit)) return new(value, unit, true);
        return unit is ['\'', .. { Length: > 0 } code, '\''] ? new(value, code) : null;
    }

    /// <summary>Whether a word is a calendar duration.</summary>
    public static bool IsCalendar(string word) => Calendar(word) is not null;

    /// <summary>The unit of dates and times that a duration counts; null if it counts none.</summary>
    /// <remarks>UCUM's year and month are fixed numbers of days, so they cannot be added to a date.</remarks>
    public Precision? DateUnit => Calendar(Unit) ?? Unit switch
    {
        "wk" or "d" => Precision.Day,
        "h" => Precision.Hour,
        "min" => Precision.Minute,
        "s" => Precision.Second,
        "ms" => Precision.Fraction,
        _ => null,
    };

    /// <summary>How many of <see cref="DateUnit"/> one unit is.</summary>
    public int DateFactor => Unit is "wk" or "week" or "weeks" ? 7 : 1;

    /// <summary>Negative, zero or positive; null if the units cannot be compared.</summary>
    public static int? Compare(Quantity left, Quantity right)
    {
        if (left.Unit == right.Unit) return left.Value.CompareTo(right.Value);
        return Common(left, right, left.IsCalendarOnly == right.IsCalendarOnly) is var (a, b) ? a.CompareTo(b) : null;
    }

    /// <summary>Equal when both are rounded to the precision of the coarser one.</summary>
    public static bool Equivalent(Quantity left, Quantity right)
    {
        if (left.Scaled() is not var (_, leftUnit) || right.Scaled() is not var (_, rightUnit) || leftUnit.Dimension != rightUnit.Dimension) return left.Unit == right.Unit && Numbers.Equivalent(left.Value, right.Value);
        var (coarse, fine, by) = leftUnit.Factor >= rightUnit.Factor ? (left.Value, right.Value, (rightUnit, leftUnit)) : (right.Value, left.Value, (leftUnit, rightUnit));
        return Numbers.Equivalent(coarse, fine * by.Item1.Factor / by.Item2.Factor, Numbers.Digits(coarse));
    }

    /// <summary>Whether the units measure the same thing.</summary>
    public static bool Comparable(Quantity left, Quantity right) =>
        left.Scaled() is var (_, leftUnit) && right.Scaled() is var (_, rightUnit) && leftUnit.Dimension == rightUnit.Dimension;

    /// <summary>The sum in the left one's unit; null if the units cannot be added.</summary>
    public static Quantity? Add(Quantity left, Quantity right, int sign)
    {
        if (left.Unit == right.Unit) return left with { Value = left.Value + sign * right.Value };
        if (left.Scaled() is not var (_, leftUnit) || right.Scaled() is not var (_, rightUnit) || leftUnit.Dimension != rightUnit.Dimension) return null;
        return left with { Value = left.Value + sign * right.Value * rightUnit.Factor / leftUnit.Factor };
    }

    /// <summary>The product or quotient in UCUM's base units; null if a unit is unknown.</summary>
    public static Quantity? Multiply(Quantity left, Quantity right, bool divide)
    {
        if (left.Scaled() is not var (a, leftUnit) || right.Scaled() is not var (b, rightUnit) || (divide && b == 0)) return null;
        if (right.Unit == "1") return left with { Value = divide ? left.Value / b : left.Value * b };
        return new(divide ? a / b : a * b, UcumUnit.Combine(leftUnit, rightUnit, divide ? -1 : 1).Dimension);
    }

    /// <summary>The number and the unit, a UCUM code in quotes.</summary>
    public override string ToString() =>
        Scalars.Text(Value) + (IsDuration ? $" {Unit}" : $" '{Unit}'");

    private bool IsCalendarOnly => IsDuration && Calendar(Unit) is Precision.Year or Precision.Month;

    private static (decimal, decimal)? Common(Quantity left, Quantity right, bool comparable) =>
        comparable && left.Scaled() is var (a, leftUnit) && right.Scaled() is var (b, rightUnit) && leftUnit.Dimension == rightUnit.Dimension ? (a, b) : null;

    private (decimal Value, UcumUnit Unit)? Scaled()
    {
        if (UcumUnit.Find(IsDuration ? CalendarCode(Unit) : Unit) is not { } unit) return null;
        try
        {
            return (Value * unit.Factor, unit);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string CalendarCode(string word) => word switch
    {
        "year" or "years" => "a",
        "month" or "months" => "mo",
        "week" or "weeks" => "wk",
        "day" or "days" => "d",
        "hour" or "hours" => "h",
        "minute" or "minutes" => "min",
        "second" or "seconds" => "s",
        _ => "ms",
    };

    private static Precision? Calendar(string word) => word switch
    {
        "year" or "years" => Precision.Year,
        "month" or "months" => Precision.Month,
        "week" or "weeks" or "day" or "days" => Precision.Day,
        "hour" or "hours" => Precision.Hour,
        "minute" or "minutes" => Precision.Minute,
        "second" or "seconds" => Precision.Second,
        "millisecond" or "milliseconds" => Precision.Fraction,
        _ => null,
    };

    private static string? Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

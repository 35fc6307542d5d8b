namespace Record.Core.FhirPath.Values;

/// <summary>Operators on single System values; null for an empty result. http://hl7.org/fhirpath/N1/#math-2</summary>
internal static class Arithmetic
{
    /// <summary>An Integer or Decimal as a number; null for anything else.</summary>
    public static decimal? AsNumber(object? value) => value switch { int number => number, decimal number => number, _ => null };

    /// <summary>A Quantity, or a number as a quantity without unit; null for anything else.</summary>
    public static Quantity? AsQuantity(object? value) => value as Quantity ?? (AsNumber(value) is { } number ? new Quantity(number, "1") : null);

    /// <summary>Negative, zero or positive; null if it cannot be decided.</summary>
    /// <exception cref="FhirPathException">The two are not of comparable types.</exception>
    public static int? Order(object left, object right) => (left, right) switch
    {
        (int a, int b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (Temporal a, Temporal b) when (a.Kind == Types.ScalarKind.Time) == (b.Kind == Types.ScalarKind.Time) => Temporal.Compare(a, b),
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => a.CompareTo(b),
        _ when AsQuantity(left) is { } a && AsQuantity(right) is { } b => Quantity.Compare(a, b),
        _ => throw Mismatch("compared", left, right),
    };

    /// <summary>The result of <c>+ - * / div mod &amp;</c>.</summary>
    /// <exception cref="FhirPathException">The operator is not defined for these types.</exception>
    public static object? Apply(string symbol, object left, object right)
    {
        try
        {
            return symbol switch
            {
                "+" => Add(left, right, 1),
                "-" => Add(left, right, -1),
                "*" => Multiply(left, right),
                "/" => Divide(left, right),
                "div" => Whole(left, right),
                _ => Remainder(left, right),
            };
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            return null; // beyond what the type can hold: empty, as the specification says
        }
    }

    private static object? Add(object left, object right, int sign) => (left, right) switch
    {
        (int a, int b) => checked(a + sign * b),
        (string a, string b) when sign > 0 => Texts.Checked(a + b),
        (Temporal a, Quantity b) => Shift(a, b, sign),
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => a + sign * b,
        _ when AsQuantity(left) is { } a && AsQuantity(right) is { } b => Quantity.Add(a, b, sign),
        _ => throw Mismatch(sign > 0 ? "added" : "subtracted", left, right),
    };

    private static Temporal? Shift(Temporal time, Quantity by, int sign)
    {
        if (by.DateUnit is not { } unit) throw new FhirPathException($"'{by.Unit}' cannot be added to a date or time: use a calendar duration.");
        return time.Add(by.Value, unit, sign * by.DateFactor);
    }

    private static object? Multiply(object left, object right) => (left, right) switch
    {
        (int a, int b) => checked(a * b),
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => a * b,
        _ when AsQuantity(left) is { } a && AsQuantity(right) is { } b => Quantity.Multiply(a, b, false),
        _ => throw Mismatch("multiplied", left, right),
    };

    private static object? Divide(object left, object right) => (left, right) switch
    {
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => b == 0 ? null : a / b,
        _ when AsQuantity(left) is { } a && AsQuantity(right) is { } b => Quantity.Multiply(a, b, true),
        _ => throw Mismatch("divided", left, right),
    };

    private static object? Whole(object left, object right) => (left, right) switch
    {
        (int a, int b) => b == 0 ? null : checked(a / b),
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => b == 0 ? null : checked((int)decimal.Truncate(a / b)),
        _ => throw Mismatch("divided", left, right),
    };

    private static object? Remainder(object left, object right) => (left, right) switch
    {
        (int a, int b) => b == 0 ? null : (int)((long)a % b),
        _ when AsNumber(left) is { } a && AsNumber(right) is { } b => b == 0 ? null : a % b,
        _ => throw Mismatch("divided", left, right),
    };

    private static FhirPathException Mismatch(string what, object left, object right) =>
        new($"{Scalars.TypeOf(left).Name} and {Scalars.TypeOf(right).Name} cannot be {what}.");
}

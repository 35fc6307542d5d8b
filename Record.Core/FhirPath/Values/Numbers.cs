namespace Record.Core.FhirPath.Values;

/// <summary>Digits and rounding of exact numbers.</summary>
internal static class Numbers
{
    /// <summary>Digits after the point, as written.</summary>
    public static int Digits(decimal value) => value.Scale;

    /// <summary>Equal when both are rounded to the digits of the less exact one; trailing zeros do not count.</summary>
    public static bool Equivalent(decimal left, decimal right) =>
        Equivalent(left, right, Math.Min(Digits(Trimmed(left)), Digits(Trimmed(right))));

    /// <summary>Equal when both are rounded to this many digits.</summary>
    public static bool Equivalent(decimal left, decimal right, int digits) =>
        decimal.Round(left, digits, MidpointRounding.AwayFromZero) == decimal.Round(right, digits, MidpointRounding.AwayFromZero);

    /// <summary>A number as an Integer if it is a whole one that an Integer can hold.</summary>
    public static object Whole(decimal value) => value is >= int.MinValue and <= int.MaxValue && decimal.IsInteger(value) ? (int)value : value;

    private static decimal Trimmed(decimal value) => value / 1.0000000000000000000000000000m;
}

using System.Diagnostics.CodeAnalysis;

namespace Record.Core.Patients;

/// <summary>A valid NHS number: ten digits, the last a Modulus 11 check digit.</summary>
/// <remarks>Rule: NHS Data Dictionary, NHS NUMBER, https://www.datadictionary.nhs.uk/attributes/nhs_number.html.</remarks>
public sealed record NhsNumber : IParsable<NhsNumber>
{
    /// <summary>The FHIR system of NHS numbers.</summary>
    public const string System = "https://fhir.nhs.uk/Id/nhs-number";

    private NhsNumber(string value) => Value = value;

    /// <summary>Ten digits.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static NhsNumber Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var number) ? number : throw new FormatException("Not a valid NHS number.");

    /// <summary>Reads a number with or without its customary spaces or hyphens.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out NhsNumber result)
    {
        result = null;
        var digits = s?.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (digits is not { Length: 10 } || !digits.All(char.IsAsciiDigit) || !HasValidCheckDigit(digits)) return false;
        result = new(digits);
        return true;
    }

    /// <summary>As people read it: 999 123 4567.</summary>
    public string ToDisplay() => $"{Value[..3]} {Value[3..6]} {Value[6..]}";

    /// <summary>A log shows three digits, never ten.</summary>
    public override string ToString() => $"*******{Value[7..]}";

    private static bool HasValidCheckDigit(string digits)
    {
        var sum = Enumerable.Range(0, 9).Sum(i => (digits[i] - '0') * (10 - i));
        return (11 - sum % 11) % 11 == digits[9] - '0'; // 10 is possible on the left: then no digit is right
    }
}

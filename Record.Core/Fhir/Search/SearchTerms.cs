using System.Globalization;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Reads values of search parameters; null means that the value cannot be understood.</summary>
internal static class SearchTerms
{
    /// <summary>A value of a parameter of this kind; composites and references are read elsewhere.</summary>
    public static SearchTerm? Read(SearchParamType kind, string value) => value.Length == 0 ? null : kind switch
    {
        SearchParamType.Token => Token(value),
        SearchParamType.String => Text(value),
        SearchParamType.Uri => new SearchTerm.Address(SearchText.Cut(Clean(SearchEscapes.Unescape(value)))),
        SearchParamType.Date => Date(value),
        SearchParamType.Number => Number(value),
        SearchParamType.Quantity => Quantity(value),
        SearchParamType.Special => Near(value),
        _ => null,
    };

    /// <summary><c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>.</summary>
    public static SearchTerm.Token? Token(string value)
    {
        var parts = SearchEscapes.Split(value, '|').ConvertAll(part => Clean(SearchEscapes.Unescape(part)));
        var code = SearchText.Cut(parts[^1]);
        return parts.Count switch
        {
            1 => code.Length == 0 ? null : new(null, code),
            2 when parts[0].Length == 0 && code.Length == 0 => null,
            2 => new(parts[0], code.Length == 0 ? null : code),
            _ => null,
        };
    }

    /// <summary><c>system|code|value</c> of an identifier's type and the identifier.</summary>
    public static SearchTerm.Token? OfType(string value)
    {
        var parts = SearchEscapes.Split(value, '|').ConvertAll(part => Clean(SearchEscapes.Unescape(part)));
        return parts.Count == 3 && parts[1].Length > 0 && parts[2].Length > 0
            ? new(parts[0].Length == 0 ? null : parts[0], SearchText.Cut($"{parts[1]}|{parts[2]}")) : null;
    }

    /// <summary>A date with its prefix.</summary>
    public static SearchTerm.Date? Date(string value)
    {
        var prefix = Prefix(ref value);
        if (value.Length > 16 && value[^6] == ' ') value = $"{value[..^6]}+{value[^5..]}"; // a plus that an address turned into a blank
        return FhirTime.TryRange(SearchEscapes.Unescape(value), out var from, out var until) ? new(prefix, from, until) : null;
    }

    private static SearchTerm.Text? Text(string value)
    {
        var text = SearchText.Cut(Clean(SearchEscapes.Unescape(value)));
        return text.Length == 0 ? null : new(text);
    }

    private static SearchTerm.Number? Number(string value)
    {
        var prefix = Prefix(ref value);
        return TryDecimal(value, out var number, out var half) ? new(prefix, number, half, null, null) : null;
    }

    private static SearchTerm.Number? Quantity(string value)
    {
        var prefix = Prefix(ref value);
        var parts = SearchEscapes.Split(value, '|').ConvertAll(part => Clean(SearchEscapes.Unescape(part)));
        if (parts.Count is not (1 or 3) || !TryDecimal(parts[0], out var number, out var half)) return null;
        string? system = parts.Count == 3 && parts[1].Length > 0 ? parts[1] : null, code = parts.Count == 3 && parts[2].Length > 0 ? parts[2] : null;
        return new(prefix, number, half, system, code);
    }

    // latitude|longitude|distance|unit; five kilometres unless said.
    private static SearchTerm.Near? Near(string value)
    {
        var parts = SearchEscapes.Split(value, '|');
        if (parts.Count is < 2 or > 4 || !TryDouble(parts[0], out var latitude) || !TryDouble(parts[1], out var longitude)) return null;
        var distance = 5.0;
        if (parts.Count > 2 && parts[2].Length > 0 && !TryDouble(parts[2], out distance)) return null;
        double? kilometre = parts.Count < 4 ? 1 : parts[3] switch { "" or "km" => 1, "m" => 0.001, "mi" or "[mi_us]" or "[mi_i]" => 1.609344, _ => null };
        return kilometre is null || Math.Abs(latitude) > 90 || Math.Abs(longitude) > 180 || distance < 0 ? null : new(latitude, longitude, distance * kilometre.Value);
    }

    private static SearchPrefix Prefix(ref string value)
    {
        if (value.Length < 3 || !Enum.TryParse<SearchPrefix>(value[..2], true, out var prefix) || !char.IsAsciiLetterLower(value[0])) return SearchPrefix.Eq;
        value = value[2..];
        return prefix;
    }

    // 5.4 means 5.35 to 5.45, 100 means 99.5 to 100.5, 1e2 means 95 to 105: https://hl7.org/fhir/R4/search.html#number
    private static bool TryDecimal(string text, out decimal number, out decimal half)
    {
        half = 0;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out number)) return false;
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = (dot < 0 ? 0 : mantissa.Length - dot - 1) + (exponentAt < 0 ? 0 : 1 - int.Parse(text[(exponentAt + 1)..], CultureInfo.InvariantCulture));
        if (digits is > 26 or < -26 || Math.Abs(number) > 1e27m) return false;
        half = 0.5m;
        for (; digits > 0; digits--) half /= 10;
        for (; digits < 0; digits++) half *= 10;
        return true;
    }

    private static bool TryDouble(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static string Clean(string text) => text.AsSpan().IndexOfAnyInRange('\0', SearchText.Part) < 0 ? text
        : text.Replace("\0", "", StringComparison.Ordinal).Replace("\u0001", "", StringComparison.Ordinal).Replace("\u0002", "", StringComparison.Ordinal);
}

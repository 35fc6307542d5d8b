using System.Globalization;
using System.Text;
using Hl7.Fhir.Model;

namespace Suites.Tests.Fhir;

/// <summary>
/// Search as the specification tells it, over the SDK's classes in memory: slow, plain, and written without the product's code,
/// so that the two can be compared. https://hl7.org/fhir/R4/search.html
/// </summary>
internal static class NaiveSearch
{
    /// <summary>A code with its system; the words beside it.</summary>
    public sealed record Code(string? System, string? Value, string? Words);

    /// <summary>Codes of an element that a token parameter selects.</summary>
    public static IEnumerable<Code> Codes(Base element) => element switch
    {
        Coding coding => [new(coding.System, coding.Code, coding.Display)],
        CodeableConcept concept => concept.Coding.Select(coding => new Code(coding.System, coding.Code, coding.Display)).Append(new(null, null, concept.Text)),
        Identifier identifier => (identifier.Type?.Coding ?? []).Select(coding => new Code(null, null, null)).Append(new(identifier.System, identifier.Value, identifier.Type?.Text)),
        ContactPoint contact => [new(null, contact.Value, null)],
        FhirBoolean flag => [new(null, flag.Value == true ? "true" : "false", null)],
        PrimitiveType primitive => [new(null, primitive.ToString(), null)],
        _ => [],
    };

    /// <summary>Strings of an element that a string parameter selects.</summary>
    public static IEnumerable<string> Strings(Base element) => (element switch
    {
        HumanName name => [name.Text, name.Family, .. name.Given, .. name.Prefix, .. name.Suffix],
        Address address => [address.Text, .. address.Line, address.City, address.District, address.State, address.PostalCode, address.Country],
        PrimitiveType primitive => [primitive.ToString()],
        _ => new List<string?>(),
    }).OfType<string>().Where(text => text.Length > 0);

    /// <summary>References of an element that a reference parameter selects.</summary>
    public static IEnumerable<string> References(Base element) => (element switch
    {
        ResourceReference reference => [reference.Reference?.Split("/_history/")[0]],
        Resource contained when contained.Id is not null => [$"{contained.TypeName}/{contained.Id}"],
        PrimitiveType primitive => [primitive.ToString()],
        _ => new List<string?>(),
    }).OfType<string>();

    /// <summary>Lower case without accents.</summary>
    public static string Plain(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormD).Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)).ToLowerInvariant();

    /// <summary>From when until when, exclusive, an element of a date parameter is; null if it says nothing.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until)? Span(Base element)
    {
        switch (element)
        {
            case Period period:
                var (start, end) = (Span(period.Start), Span(period.End));
                return start is null && end is null ? null : (start?.From ?? DateTimeOffset.MinValue, end?.Until ?? DateTimeOffset.MaxValue);
            case Timing timing:
                var all = timing.Event.Select(Span).Append(timing.Repeat?.Bounds is Period bounds ? Span(bounds) : null).OfType<(DateTimeOffset From, DateTimeOffset Until)>().ToList();
                return all.Count == 0 ? null : (all.Min(one => one.From), all.Max(one => one.Until));
            case PrimitiveType primitive:
                return Span(primitive.ToString());
            default:
                return null;
        }
    }

    /// <summary>From when until when a date or time is, in London where it says no offset.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until)? Span(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var parts = text.Split('T')[0].Split('-').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var day = new DateTime(parts[0], parts.Length > 1 ? parts[1] : 1, parts.Length > 2 ? parts[2] : 1, 0, 0, 0, DateTimeKind.Unspecified);
        if (!text.Contains('T')) return (London(day), London(parts.Length switch { 1 => day.AddYears(1), 2 => day.AddMonths(1), _ => day.AddDays(1) }));
        var hasOffset = text.EndsWith('Z') || text[^6] is '+' or '-';
        var moment = hasOffset ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : London(DateTime.Parse(text, CultureInfo.InvariantCulture));
        var precision = text.Contains('.') ? TimeSpan.FromMilliseconds(1) : text.Split('T')[1].Split('Z', '+', '-')[0].Length > 5 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);
        return (moment, moment + precision);
    }

    /// <summary>Values with units of an element that a quantity parameter selects.</summary>
    public static IEnumerable<(decimal Value, string? System, string? Code)> Quantities(Base element) => (element switch
    {
        Quantity quantity => [(quantity.Value, quantity.System, quantity.Code ?? quantity.Unit)],
        Money money => [(money.Value, "urn:iso:std:iso:4217", money.Currency?.ToString().ToUpperInvariant())],
        Hl7.Fhir.Model.Range range => new[] { range.Low, range.High }.OfType<Quantity>().Select(end => (end.Value, end.System, end.Code ?? end.Unit)),
        SampledData { Origin: { } origin } => [(origin.Value, origin.System, origin.Code ?? origin.Unit)],
        _ => Array.Empty<(decimal?, string?, string?)>(),
    }).Where(one => one.Item1 is not null).Select(one => (one.Item1!.Value, one.Item2, one.Item3));

    private static DateTimeOffset London(DateTime local) => new(local, TimeZoneInfo.FindSystemTimeZoneById("Europe/London").GetUtcOffset(local));
}

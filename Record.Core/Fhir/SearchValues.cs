using System.Globalization;
using System.Text;
using System.Text.Json;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Reads the search values of a resource from its JSON. https://hl7.org/fhir/R4/search.html</summary>
internal static class SearchValues
{
    /// <summary>All values of all parameters, each once.</summary>
    public static IReadOnlyCollection<SearchValue> Of(string type, JsonElement resource)
    {
        var values = new HashSet<SearchValue>();
        foreach (var parameter in SearchParameters.Of(type).Values)
            foreach (var element in parameter.Path.Select(resource))
                foreach (var value in Read(parameter, element))
                    values.Add(value);
        return values;
    }

    /// <summary>Lower case, without accents: how strings are compared.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) folded.Append(char.ToLowerInvariant(c));
        return folded.ToString();
    }

    private static IEnumerable<SearchValue> Read(SearchParameter parameter, JsonElement element) => parameter.Type switch
    {
        SearchParamType.Token => Tokens(parameter.Name, element),
        SearchParamType.String => Strings(element).Where(s => s.Length > 0).Select(s => new SearchValue(parameter.Name) { Value = Cut(Fold(s)) }),
        SearchParamType.Reference => References(parameter.Name, element),
        SearchParamType.Uri => Text(element) is { } uri ? [new(parameter.Name) { Value = Cut(uri) }] : [],
        SearchParamType.Date => Dates(parameter.Name, element),
        SearchParamType.Number or SearchParamType.Quantity => Numbers(parameter.Name, element),
        _ => [],
    };

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500]; // an index entry must fit a page

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Text(value) : null;

    private static IEnumerable<SearchValue> Tokens(string name, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                yield return new(name) { Value = Cut(element.GetString()!) };
                break;
            case JsonValueKind.True or JsonValueKind.False:
                yield return new(name) { Value = element.GetBoolean() ? "true" : "false" };
                break;
            case JsonValueKind.Object when element.TryGetProperty("coding", out var codings) && codings.ValueKind == JsonValueKind.Array:
                foreach (var coding in codings.EnumerateArray())
                    foreach (var value in Tokens(name, coding)) yield return value;
                break;
            case JsonValueKind.Object when (Text(element, "code") ?? Text(element, "value")) is { } value:
                yield return new(name) { Value = Cut(value), System = Text(element, "system") };
                break;
        }
    }

    private static readonly string[] StringParts =
        ["text", "family", "given", "prefix", "suffix", "line", "city", "district", "state", "postalCode", "country"];

    private static IEnumerable<string> Strings(JsonElement element)
    {
        if (Text(element) is { } text) yield return text;
        if (element.ValueKind != JsonValueKind.Object) yield break;
        foreach (var part in StringParts)
        {
            if (!element.TryGetProperty(part, out var value)) continue;
            if (Text(value) is { } one) yield return one;
            if (value.ValueKind == JsonValueKind.Array)
                foreach (var item in value.EnumerateArray())
                    if (Text(item) is { } each) yield return each;
        }
    }

    private static IEnumerable<SearchValue> References(string name, JsonElement element)
    {
        if (Text(element) is { } canonical) yield return new(name) { Value = Cut(canonical) };
        if (Text(element, "reference") is { } reference) yield return new(name) { Value = Cut(Relative(reference)) };
    }

    /// <summary>A reference without version; an absolute one keeps its server.</summary>
    internal static string Relative(string reference)
    {
        var history = reference.IndexOf("/_history/", StringComparison.Ordinal);
        return history < 0 ? reference : reference[..history];
    }

    private static IEnumerable<SearchValue> Dates(string name, JsonElement element)
    {
        if (FhirTime.TryRange(Text(element), out var low, out var high)) yield return new(name) { Low = low, High = high };
        if (element.ValueKind != JsonValueKind.Object) yield break;
        if (element.TryGetProperty("event", out var events) && events.ValueKind == JsonValueKind.Array)
            foreach (var item in events.EnumerateArray())
                foreach (var value in Dates(name, item)) yield return value;

        var hasStart = FhirTime.TryRange(Text(element, "start"), out var from, out _);
        var hasEnd = FhirTime.TryRange(Text(element, "end"), out _, out var until);
        if (hasStart || hasEnd)
            yield return new(name) { Low = hasStart ? from : DateTimeOffset.MinValue, High = hasEnd ? until : DateTimeOffset.MaxValue };
    }

    private static IEnumerable<SearchValue> Numbers(string name, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number)) yield return new(name) { Number = number };
        if (element.ValueKind != JsonValueKind.Object) yield break;
        if (element.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var quantity))
            yield return new(name)
            {
                Number = quantity,
                System = Text(element, "system"),
                Value = Text(element, "code") ?? Text(element, "unit") ?? Text(element, "currency"),
            };
    }
}

using System.Text.Json;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>The values of one element for one parameter, by the parameter's kind. https://hl7.org/fhir/R4/search.html#ptypes</summary>
internal static class ElementValues
{
    private const string Currency = "urn:iso:std:iso:4217"; // of Money

    /// <summary>Adds the values of an element.</summary>
    public static void Read(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        switch (parameter.Type)
        {
            case SearchParamType.Token: Tokens(parameter, element, into); break;
            case SearchParamType.String: Strings(parameter, element, into); break;
            case SearchParamType.Reference: References(parameter, element, into); break;
            case SearchParamType.Uri:
                if (Text(element) is { } uri) into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Cut(uri) });
                break;
            case SearchParamType.Date: Dates(parameter, element, into); break;
            case SearchParamType.Number or SearchParamType.Quantity: Numbers(parameter, element, into); break;
            case SearchParamType.Special: Position(parameter, element, into); break;
            case SearchParamType.Composite: Pairs(parameter, element, into); break;
        }
    }

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Text(value) : null;

    private static void Tokens(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String when parameter is { Name: "deceased", Resource: "Patient" }: // a date of death says so too
            case JsonValueKind.True:
                into.Add(new(parameter, SearchForm.Plain) { Value = "true" });
                break;
            case JsonValueKind.False:
                into.Add(new(parameter, SearchForm.Plain) { Value = "false" });
                break;
            case JsonValueKind.String:
                into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Cut(element.GetString()!) });
                break;
            case JsonValueKind.Object when element.TryGetProperty("coding"u8, out var codings) && codings.ValueKind == JsonValueKind.Array:
                foreach (var coding in codings.EnumerateArray()) Tokens(parameter, coding, into);
                Words(parameter, Text(element, "text"u8), into);
                break;
            case JsonValueKind.Object:
                Coded(parameter, element, into);
                break;
        }
    }

    // A Coding, an Identifier, a ContactPoint, or a CodeableConcept of words alone.
    private static void Coded(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        var identifier = Text(element, "value"u8);
        if ((Text(element, "code"u8) ?? identifier) is { } value)
            into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Cut(value), System = Text(element, "system"u8) });
        else if (Text(element, "system"u8) is { } alone)
            into.Add(new(parameter, SearchForm.Plain) { Value = "", System = alone });
        Words(parameter, Text(element, "display"u8) ?? Text(element, "text"u8), into);
        if (!element.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.Object) return;
        Words(parameter, Text(type, "text"u8), into);
        if (identifier is null || !type.TryGetProperty("coding"u8, out var codings) || codings.ValueKind != JsonValueKind.Array) return;
        foreach (var coding in codings.EnumerateArray())
            if (Text(coding, "code"u8) is { } code)
                into.Add(new(parameter, SearchForm.OfType) { Value = SearchText.Cut($"{code}|{identifier}"), System = Text(coding, "system"u8) });
    }

    private static void Words(SearchParameter parameter, string? text, List<SearchValue> into)
    {
        if (text is { Length: > 0 }) into.Add(new(parameter, SearchForm.Text) { Value = SearchText.Fold(SearchText.Cut(text)) });
    }

    private static ReadOnlySpan<byte> StringPart(int part) => part switch
    {
        0 => "text"u8, 1 => "family"u8, 2 => "given"u8, 3 => "prefix"u8, 4 => "suffix"u8, 5 => "line"u8, 6 => "city"u8,
        7 => "district"u8, 8 => "state"u8, 9 => "postalCode"u8, _ => "country"u8,
    };

    private static void Strings(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        if (element.ValueKind == JsonValueKind.String) Add(parameter, element.GetString()!, into);
        if (element.ValueKind != JsonValueKind.Object) return;
        for (var part = 0; part <= 10; part++)
        {
            if (!element.TryGetProperty(StringPart(part), out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) Add(parameter, value.GetString()!, into);
            if (value.ValueKind != JsonValueKind.Array) continue;
            foreach (var item in value.EnumerateArray())
                if (Text(item) is { } each) Add(parameter, each, into);
        }
    }

    private static void Add(SearchParameter parameter, string text, List<SearchValue> into)
    {
        if (text.Length > 0) into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Indexed(text) });
    }

    private static void References(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        if (Text(element) is { } canonical) into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Cut(canonical) });
        if (element.ValueKind != JsonValueKind.Object) return;
        if (Text(element, "reference"u8) is { } reference)
            into.Add(new(parameter, SearchForm.Plain) { Value = SearchText.Cut(SearchText.Relative(reference)) });
        else if (Text(element, "resourceType"u8) is { } type && Text(element, "id"u8) is { } id) // Bundle.composition, Bundle.message
            into.Add(new(parameter, SearchForm.Plain) { Value = $"{type}/{id}" });
        if (element.TryGetProperty("identifier"u8, out var identifier) && Text(identifier, "value"u8) is { } value)
            into.Add(new(parameter, SearchForm.Identifier) { Value = SearchText.Cut(value), System = Text(identifier, "system"u8) });
    }

    private static void Dates(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        if (!TryRange(element, out var low, out var high)) return;
        into.Add(new(parameter, SearchForm.Plain) { Low = low, High = high });
    }

    // A date, a Period, or a Timing by its outer limits.
    private static bool TryRange(JsonElement element, out DateTimeOffset low, out DateTimeOffset high)
    {
        if (FhirTime.TryRange(Text(element), out low, out high)) return true;
        if (element.ValueKind != JsonValueKind.Object) return false;
        var hasStart = FhirTime.TryRange(Text(element, "start"u8), out low, out _);
        var hasEnd = FhirTime.TryRange(Text(element, "end"u8), out _, out high);
        if (!hasStart) low = DateTimeOffset.MinValue;
        if (!hasEnd) high = DateTimeOffset.MaxValue;
        return hasStart || hasEnd || TryTiming(element, out low, out high);
    }

    private static bool TryTiming(JsonElement timing, out DateTimeOffset low, out DateTimeOffset high)
    {
        (low, high) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        if (timing.TryGetProperty("event"u8, out var events) && events.ValueKind == JsonValueKind.Array)
            foreach (var item in events.EnumerateArray())
                if (FhirTime.TryRange(Text(item), out var from, out var until)) (low, high) = (from < low ? from : low, until > high ? until : high);
        if (timing.TryGetProperty("repeat"u8, out var repeat) && repeat.ValueKind == JsonValueKind.Object && repeat.TryGetProperty("boundsPeriod"u8, out var bounds)
            && bounds.ValueKind == JsonValueKind.Object && TryRange(bounds, out var start, out var end))
            (low, high) = (start < low ? start : low, end > high ? end : high);
        return low < high;
    }

    private static void Numbers(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number)) into.Add(new(parameter, SearchForm.Plain) { Number = number });
        if (element.ValueKind != JsonValueKind.Object) return;
        if (element.TryGetProperty("value"u8, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var quantity))
            into.Add(new(parameter, SearchForm.Plain)
            {
                Number = quantity,
                System = Text(element, "system"u8) ?? (element.TryGetProperty("currency"u8, out _) ? Currency : null),
                Value = SearchText.Cut(Text(element, "code"u8) ?? Text(element, "unit"u8) ?? Text(element, "currency"u8) ?? ""),
            });
        foreach (var end in (ReadOnlySpan<string>)["low", "high", "origin"]) // Range, SampledData
            if (element.TryGetProperty(end, out var of)) Numbers(parameter, of, into);
    }

    private static void Position(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("latitude"u8, out var latitude) && element.TryGetProperty("longitude"u8, out var longitude)
            && latitude.ValueKind == JsonValueKind.Number && longitude.ValueKind == JsonValueKind.Number && latitude.TryGetDecimal(out var north) && longitude.TryGetDecimal(out var east))
            into.Add(new(parameter, SearchForm.Plain) { Number = north, Value = east.ToString(System.Globalization.CultureInfo.InvariantCulture) });
    }

    // Each value of the first part with each of the second, in one row.
    private static void Pairs(SearchParameter parameter, JsonElement element, List<SearchValue> into)
    {
        var firsts = PartOf(parameter.Components[0], element);
        if (firsts.Count == 0) return;
        var seconds = PartOf(parameter.Components[1], element);
        foreach (var first in firsts)
            foreach (var second in seconds)
                into.Add(new(parameter, SearchForm.Plain)
                {
                    Value = SearchText.Cut(first.Value + SearchText.Part + Second(second)),
                    System = first.System,
                    Number = second.Number,
                    Low = second.Low,
                    High = second.High,
                });
    }

    private static string? Second(SearchValue value) => value.Parameter.Type == SearchParamType.Token ? $"{value.System}|{value.Value}" : value.Value;

    private static List<SearchValue> PartOf(SearchComponent component, JsonElement element)
    {
        var found = new List<SearchValue>();
        component.Tree.Walk(element, (component.Parameter, found), static (_, part, state) => Read(state.Parameter, part, state.found));
        found.RemoveAll(value => value.Form != SearchForm.Plain);
        return found;
    }
}

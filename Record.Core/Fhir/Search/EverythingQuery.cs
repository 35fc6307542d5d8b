using System.Globalization;

namespace Record.Core.Fhir;

/// <summary>A question for the whole record of the person whom a source patient is. https://hl7.org/fhir/R4/patient-operation-everything.html</summary>
public sealed record EverythingQuery
{
    internal EverythingQuery()
    {
    }

    /// <summary>Id of the source Patient.</summary>
    public required string Patient { get; init; }

    /// <summary>Resources a page, 1 to 1000; null: all at once, up to <see cref="Most"/>.</summary>
    public int? Count { get; init; }

    /// <summary>What was left out or limited.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The question as asked, for audit.</summary>
    public string Text { get; init; } = "";

    /// <summary>Resources that one answer has at most; a page follows where there are more.</summary>
    public const int Most = 10_000;

    internal SearchTerm.Date? Start { get; init; }

    internal SearchTerm.Date? End { get; init; }

    internal DateTimeOffset? Since { get; init; }

    internal IReadOnlyList<string> Types { get; init; } = [];

    internal string? Page { get; init; }

    internal SearchOptions Options { get; init; } = new();

    internal IReadOnlyList<KeyValuePair<string, string>> Used { get; init; } = [];

    internal string Path => $"$everything/{Patient}";

    /// <summary>Reads a question: <c>start</c>, <c>end</c>, <c>_since</c>, <c>_type</c>, <c>_count</c>.</summary>
    public static Result<EverythingQuery> Parse(string patientId, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions options)
    {
        var all = parameters.ToList();
        var query = new EverythingQuery { Patient = patientId, Options = options, Text = string.Join('&', all.Where(p => p.Key != "_page").Select(p => $"{p.Key}={p.Value}")) };
        foreach (var (key, value) in all)
        {
            if (!query.With(key, value).TryGet(out var next, out var error)) return error;
            query = next;
        }

        return query with { Used = [.. all.Where(p => p.Key != "_page")] };
    }

    private Result<EverythingQuery> With(string key, string value)
    {
        switch (key)
        {
            case "_format" or "_pretty": return this;
            case "_page": return this with { Page = value };
            case "_count": return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? this with { Count = Math.Min(count, 1000) } : FhirErrors.BadValue(key);
            case "start": return SearchTerms.Date(value) is { Prefix: SearchPrefix.Eq } start ? this with { Start = start } : FhirErrors.BadValue(key);
            case "end": return SearchTerms.Date(value) is { Prefix: SearchPrefix.Eq } end ? this with { End = end } : FhirErrors.BadValue(key);
            case "_since": return SearchTerms.Date(value) is { Prefix: SearchPrefix.Eq } since ? this with { Since = since.From } : FhirErrors.BadValue(key);
            case "_type":
                var types = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return types.Length > 0 && types.All(SearchParameters.IsResourceType) ? this with { Types = [.. Types, .. types] } : FhirErrors.BadValue(key);
            default:
                var error = FhirErrors.UnknownParameter("Patient/$everything", key.Length > 50 ? "…" : key);
                return Options.Strict ? error : this with { Notes = [.. Notes, new("warning", "not-supported", error.Detail)] };
        }
    }
}

/// <summary>A page of a person's record.</summary>
/// <param name="Matches">The Person first, then what each source patient has, type by type.</param>
public sealed record EverythingPage(IReadOnlyList<StoredResource> Matches)
{
    /// <summary>How many there are in all, if this page has all of them.</summary>
    public long? Total { get; init; }

    /// <summary>Where the next page starts; null if this is the last.</summary>
    public string? Next { get; init; }

    /// <summary>What to tell beside the resources.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The question that was answered.</summary>
    public required EverythingQuery Query { get; init; }
}

using System.Globalization;

namespace Record.Core.Fhir;

/// <summary>A question for versions of one resource, of a type, or of everything. https://hl7.org/fhir/R4/http.html#history</summary>
public sealed record HistoryQuery
{
    internal HistoryQuery()
    {
    }

    /// <summary>FHIR resource type; null for everything.</summary>
    public string? Type { get; init; }

    /// <summary>Logical id; null for all of the type.</summary>
    public string? Id { get; init; }

    /// <summary>Versions a page, 0 to 1000; 0 counts only.</summary>
    public int Count { get; init; }

    /// <summary><c>_summary</c> as given.</summary>
    public string? Summary { get; init; }

    /// <summary><c>_elements</c> as given.</summary>
    public IReadOnlyList<string> Elements { get; init; } = [];

    /// <summary>What was left out or limited.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The question as asked, for audit.</summary>
    public string Text { get; init; } = "";

    internal DateTimeOffset? Since { get; init; }

    internal SearchTerm.Date? At { get; init; }

    internal string? Page { get; init; }

    internal SearchOptions Options { get; init; } = new();

    internal IReadOnlyList<KeyValuePair<string, string>> Used { get; init; } = [];

    internal string Path => $"_history/{Type}/{Id}";

    /// <summary>Reads a question: <c>_count</c>, <c>_since</c>, <c>_at</c>.</summary>
    public static Result<HistoryQuery> Parse(string? type, string? id, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions options)
    {
        var all = parameters.ToList();
        var query = new HistoryQuery { Type = type, Id = id, Count = Math.Clamp(options.DefaultCount, 1, 1000), Options = options, Text = string.Join('&', all.Where(p => p.Key != "_page").Select(p => $"{p.Key}={p.Value}")) };
        if (type is { Length: > 0 } && !SearchParameters.IsResourceType(type)) return FhirErrors.UnknownParameter(type, "_history");
        foreach (var (key, value) in all)
        {
            if (!query.With(key, value).TryGet(out var next, out var error)) return error;
            query = next;
        }

        return query with { Used = [.. all.Where(p => p.Key != "_page")] };
    }

    private Result<HistoryQuery> With(string key, string value)
    {
        switch (key)
        {
            case "_format" or "_pretty": return this;
            case "_page": return this with { Page = value };
            case "_elements": return this with { Elements = value.Split(',', StringSplitOptions.RemoveEmptyEntries) };
            case "_summary": return this with { Summary = value, Count = value == "count" ? 0 : Count };
            case "_count":
                return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? this with { Count = (int)Math.Min(count, 1000), Notes = count > 1000 ? [.. Notes, new("information", "informational", "A page holds at most 1000 versions.")] : Notes }
                    : FhirErrors.BadValue(key);
            case "_since": return SearchTerms.Date(value) is { Prefix: SearchPrefix.Eq } since ? this with { Since = since.From } : FhirErrors.BadValue(key);
            case "_at": return SearchTerms.Date(value) is { Prefix: SearchPrefix.Eq } at ? this with { At = at } : FhirErrors.BadValue(key);
            default:
                var error = FhirErrors.UnknownParameter(Type ?? "The whole record", key.Length > 50 ? "…" : key);
                return Options.Strict ? error : this with { Notes = [.. Notes, new("warning", "not-supported", error.Detail)] };
        }
    }
}

/// <summary>A page of versions.</summary>
/// <param name="Versions">Newest first; deleted ones have no body.</param>
public sealed record HistoryPage(IReadOnlyList<StoredResource> Versions)
{
    /// <summary>How many versions there were when the first page was made; null if that was not counted.</summary>
    public long? Total { get; init; }

    /// <summary>Where the next page starts; null if this is the last.</summary>
    public string? Next { get; init; }

    /// <summary>What to tell beside the versions.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The question that was answered.</summary>
    public required HistoryQuery Query { get; init; }
}

using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR search of one type or of the whole record, by GET or, so that no question stands in a log, by POST. https://hl7.org/fhir/R4/http.html#search</summary>
internal static class SearchType
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!(await CodeQuestions.Answered(request, cancellation)).TryGet(out var parameters, out var error)) return error;
        if (!ScopedQuestion.Narrow(request, request.Type, parameters).TryGet(out var narrowed, out error)) return error;
        if (!SearchQuery.Parse(request.Type, narrowed, Options(request)).TryGet(out var query, out error)) return error;
        var found = await request.Services.Store.Search(request.Access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error;
        if (!ScopedQuestion.Within(request, page).TryGet(out page, out error)) return error;
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("searchset", Entries(page))
            {
                Total = page.Total,
                Links = Links(request, page),
                Subset = Subset.Of(page.Query.Summary, page.Query.Elements),
            },
        };
    }

    /// <summary>How the questions of a request are read.</summary>
    public static SearchOptions Options(FhirRequest request) => new() { Strict = request.Prefer.Strict, Base = request.Base };

    /// <summary>What was left out or limited, as an entry of the answer; none if there is nothing to say.</summary>
    public static IEnumerable<BundleEntry> Notes(IReadOnlyList<SearchNote> notes) => notes.Count == 0 ? [] : [new() { Content = Outcome.OfNotes(notes), SearchMode = "outcome" }];

    private static List<BundleEntry> Entries(SearchPage page)
    {
        var entries = new List<BundleEntry>(page.Matches.Count + page.Included.Count + 1);
        foreach (var match in page.Matches) entries.Add(new() { Resource = match, SearchMode = "match" });
        foreach (var other in page.Included) entries.Add(new() { Resource = other, SearchMode = "include" });
        entries.AddRange(Notes(page.Notes));
        return entries;
    }

    // The next page's place holds the question itself, encrypted: so no question stands in an address.
    private static List<(string, string)> Links(FhirRequest request, SearchPage page)
    {
        var address = request.Type.Length > 0 ? $"{request.Base}/{request.Type}" : request.Base;
        var asked = request.Parameter("_page") is { } place ? "?_page=" + place : QueryString.Create(page.Query.Used.Select(p => new KeyValuePair<string, string?>(p.Key, p.Value))).Value;
        var links = new List<(string, string)> { ("self", address + asked) };
        if (page.Next is { } next) links.Add(("next", $"{address}{(page.NextNeedsQuestion ? "/_search" : "")}?_page={next}"));
        return links;
    }
}

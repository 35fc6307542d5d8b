using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR search of one type, by GET or, so that no question stands in a log, by POST. https://hl7.org/fhir/R4/http.html#search</summary>
internal static class SearchType
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Subset.Of(request).TryGet(out var subset, out var error)) return error;
        if (!SearchQuery.Parse(request.Type, request.Parameters).TryGet(out var query, out error)) return error;
        var found = await request.Services.Store.Search(request.Access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error;
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("searchset", [.. page.Matches.Select(match => new BundleEntry { Resource = match, SearchMode = "match" }), .. page.Included.Select(other => new BundleEntry { Resource = other, SearchMode = "include" })])
            {
                Total = page.Total,
                Links = Links(request, page),
                Subset = subset,
            },
        };
    }

    // The next page's place holds the question itself, encrypted: so no question stands in an address.
    private static List<(string, string)> Links(FhirRequest request, SearchPage page)
    {
        var address = $"{request.Base}/{request.Type}";
        var links = new List<(string, string)> { ("self", request.Reads ? address + request.Query : address + "/_search") };
        if (page.Next is { } next) links.Add(("next", $"{address}?_page={next}"));
        return links;
    }
}

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
            Bundle = new FhirBundle("searchset", [.. page.Matches.Select(match => new BundleEntry { Resource = match, SearchMode = "match" })])
            {
                Total = page.Total,
                Links = Links(request, page),
                Subset = subset,
            },
        };
    }

    // A search by POST is continued by the same form with _after; its question is not put into an address.
    private static List<(string, string)> Links(FhirRequest request, SearchPage page)
    {
        var address = $"{request.Base}/{request.Type}{(request.Reads ? "" : "/_search")}";
        var links = new List<(string, string)> { ("self", request.Reads ? address + request.Query : address) };
        if (page.Next is { } next)
        {
            var kept = request.Reads ? request.Parameters : [];
            links.Add(("next", address + QueryString.Create(kept.Where(p => p.Key != "_after").Append(new("_after", next)).Select(p => new KeyValuePair<string, string?>(p.Key, p.Value)))));
        }

        return links;
    }
}

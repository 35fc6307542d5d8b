using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR search of one type, by GET or, so that no question stands in a log, by POST. https://hl7.org/fhir/R4/http.html#search</summary>
internal static class SearchType
{
    public static Task<IResult> Get(string type, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation) =>
        Search(type, request, Parameters(request.Query), access, store, cancellation);

    public static async Task<IResult> Post(string type, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        var parameters = Parameters(request.Query);
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(cancellation);
            parameters.AddRange(form.SelectMany(field => field.Value, (field, value) => new KeyValuePair<string, string>(field.Key, value ?? "")));
        }

        return await Search(type, request, parameters, access, store, cancellation);
    }

    private static async Task<IResult> Search(
        string type, HttpRequest request, List<KeyValuePair<string, string>> parameters, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType.ToOutcome();
        if (!SearchQuery.Parse(type, parameters).TryGet(out var query, out var error)) return error.ToOutcome();
        var found = await store.Search(access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error.ToOutcome();
        var get = HttpMethods.IsGet(request.Method);
        var address = $"{FhirBase.Of(request)}/{type}{(get ? "" : "/_search")}";
        return new BundleResult("searchset", [.. page.Matches.Select(match => new BundleEntry(match) { SearchMode = "match" })], page.Total,
            get ? address + request.QueryString : address, page.Next is null ? null : address + After(get ? parameters : [], page.Next));
    }

    // A search by POST is continued by the same form with _after; its question is not put into an address.
    private static string After(IEnumerable<KeyValuePair<string, string>> parameters, string next) => QueryString.Create(
        parameters.Where(p => p.Key != "_after").Append(new("_after", next)).Select(p => new KeyValuePair<string, string?>(p.Key, p.Value))).ToString();

    private static List<KeyValuePair<string, string>> Parameters(IQueryCollection query) =>
        [.. query.SelectMany(field => field.Value, (field, value) => new KeyValuePair<string, string>(field.Key, value ?? ""))];
}

using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR history of one resource, of a type or of the whole record. https://hl7.org/fhir/R4/http.html#history</summary>
internal static class History
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        var (type, id) = (request.Type.Length > 0 ? request.Type : null, request.Id.Length > 0 ? request.Id : null);
        if (!HistoryQuery.Parse(type, id, request.Parameters, SearchType.Options(request)).TryGet(out var query, out var error)) return error;
        var found = await request.Services.Store.History(request.Access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error;
        var address = string.Join('/', new[] { request.Base, type, id, "_history" }.Where(part => part is not null));
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("history", [.. page.Versions.Select(Entry)])
            {
                Total = page.Total,
                Links = page.Next is { } next ? [("self", address + request.Query), ("next", $"{address}?_page={next}")] : [("self", address + request.Query)],
                Subset = Subset.Of(page.Query.Summary, page.Query.Elements),
            },
        };
    }

    private static BundleEntry Entry(StoredResource version) => new()
    {
        Resource = version,
        Method = version.Deleted ? "DELETE" : version.Version == 1 ? "POST" : "PUT",
    };
}

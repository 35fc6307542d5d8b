using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR history of one resource. https://hl7.org/fhir/R4/http.html#history</summary>
internal static class History
{
    private const int Most = 1000;

    public static async Task<IResult> Handle(string type, string id, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType.ToOutcome();
        var count = int.TryParse(request.Query["_count"], out var asked) && asked > 0 ? Math.Min(asked, Most) : Most;
        var found = await store.History(access, type, id, count, cancellation);
        if (!found.TryGet(out var versions, out var error)) return error.ToOutcome();
        var entries = versions.Select(version => new BundleEntry(version)
        {
            Method = version.Deleted ? "DELETE" : version.Version == 1 ? "POST" : "PUT",
            Status = version.Deleted ? "204 No Content" : version.Version == 1 ? "201 Created" : "200 OK",
        });
        return new BundleResult("history", [.. entries], versions.Count, $"{FhirBase.Of(request)}/{type}/{id}/_history");
    }
}

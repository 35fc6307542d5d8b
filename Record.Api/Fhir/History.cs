using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR history of one resource or of a type. https://hl7.org/fhir/R4/http.html#history</summary>
internal static class History
{
    private const int Most = 1000;

    public static async Task<Answer> OfInstance(FhirRequest request, CancellationToken cancellation)
    {
        if (!Subset.Of(request).TryGet(out var subset, out var error)) return error;
        var count = Most;
        if (request.Parameter("_count") is { } asked && (!int.TryParse(asked, out count) || count < 0)) return FhirRequestErrors.BadParameter("_count");
        var found = await request.Services.Store.History(request.Access, request.Type, request.Id, Math.Min(count, Most), cancellation);
        if (!found.TryGet(out var versions, out error)) return error;
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("history", [.. versions.Select(Entry)])
            {
                Total = versions.Count,
                Links = [("self", $"{request.Base}/{request.Type}/{request.Id}/_history{request.Query}")],
                Subset = subset,
            },
        };
    }

    public static Task<Answer> OfType(FhirRequest request, CancellationToken cancellation) => Task.FromResult<Answer>(FhirRequestErrors.NotOffered("History of a type"));

    public static BundleEntry Entry(StoredResource version) => new()
    {
        Resource = version,
        Method = version.Deleted ? "DELETE" : version.Version == 1 ? "POST" : "PUT",
    };
}

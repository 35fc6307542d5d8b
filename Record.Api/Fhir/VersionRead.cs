using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR vread. https://hl7.org/fhir/R4/http.html#vread</summary>
internal static class VersionRead
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Subset.Of(request).TryGet(out var subset, out var error)) return error;
        if (!int.TryParse(request.Version, out var version)) return FhirErrors.NotFound;
        var found = await request.Services.Store.ReadVersion(request.Access, request.Type, request.Id, version, cancellation);
        return found.TryGet(out var resource, out error) ? new Answer(StatusCodes.Status200OK) { Resource = resource, Subset = subset } : error;
    }
}

using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR vread. https://hl7.org/fhir/R4/http.html#vread</summary>
internal static class VersionRead
{
    public static async Task<IResult> Handle(string type, string id, string version, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType.ToOutcome();
        if (!int.TryParse(version, out var number)) return FhirErrors.NotFound.ToOutcome();
        var found = await store.ReadVersion(access, type, id, number, cancellation);
        return found.TryGet(out var resource, out var error) ? new ResourceResult(resource) : error.ToOutcome();
    }
}

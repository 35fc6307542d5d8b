using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR read. https://hl7.org/fhir/R4/http.html#read</summary>
internal static class Read
{
    public static async Task<IResult> Handle(string type, string id, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType.ToOutcome();
        var found = await store.Read(access, type, id, cancellation);
        return found.TryGet(out var resource, out var error) ? new ResourceResult(resource) : error.ToOutcome();
    }
}

using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR delete; the history stays. https://hl7.org/fhir/R4/http.html#delete</summary>
internal static class Delete
{
    public static async Task<IResult> Handle(string type, string id, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return FhirRequestErrors.MayNotWrite.ToOutcome();
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType.ToOutcome();
        if (!Update.IfMatch(request, out var expected)) return FhirRequestErrors.BadIfMatch.ToOutcome();
        await using var transaction = await store.Begin(access, "api", cancellation);
        transaction.Delete(type, id, expected);
        var written = await transaction.Commit(cancellation);
        return written.TryGet(out var made, out var error) ? new ResourceResult(made[0].Resource, StatusCodes.Status204NoContent) : error.ToOutcome();
    }
}

using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR create. https://hl7.org/fhir/R4/http.html#create</summary>
internal static class Create
{
    public static async Task<IResult> Handle(string type, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return FhirRequestErrors.MayNotWrite.ToOutcome();
        if (request.Headers.ContainsKey("If-None-Exist")) return FhirRequestErrors.Conditional.ToOutcome();
        var body = await FhirBody.Read(request, type, null, cancellation);
        if (!body.TryGet(out var bytes, out var error)) return error.ToOutcome();
        await using var transaction = await store.Begin(access, "api", cancellation);
        transaction.Put(type, Guid.CreateVersion7().ToString(), bytes, 0);
        var written = await transaction.Commit(cancellation);
        return written.TryGet(out var made, out error) ? new ResourceResult(made[0].Resource, StatusCodes.Status201Created) : error.ToOutcome();
    }
}

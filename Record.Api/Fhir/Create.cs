using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR create, also on condition that there is none. https://hl7.org/fhir/R4/http.html#create</summary>
internal static class Create
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (FhirBody.Check(request.Body, request.Type, null, request.Services) is { } wrong) return wrong;
        if (request.IfNoneExist is { } criteria) return await IfNoneExists(request, criteria, cancellation);
        return await Writing.Write(request, ResourceWrite.Create(request.Type, request.Body), cancellation);
    }

    /// <summary>An id that the server gives; later ones sort after earlier ones.</summary>
    public static string NewId() => ResourceId.New();

    // https://hl7.org/fhir/R4/http.html#ccreate
    private static async Task<Answer> IfNoneExists(FhirRequest request, string criteria, CancellationToken cancellation)
    {
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        if (!(await Matching.One(transaction, request, request.Type, criteria, cancellation)).TryGet(out var match, out var error)) return error;
        if (match.Id is { } there) return await Writing.Present(transaction, request, there, cancellation);
        transaction.Put(request.Type, NewId(), request.Body, 0);
        return await Writing.Commit(transaction, request, cancellation);
    }
}

namespace Record.Api.Fhir;

/// <summary>FHIR conditional delete, of one resource. https://hl7.org/fhir/R4/http.html#3.1.0.7.1</summary>
internal static class ConditionalDelete
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Conditions.Expected(request.IfMatch).TryGet(out var expected, out var error)) return error;
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        if (!(await Matching.One(transaction, request, request.Type, Matching.CriteriaOf(request), cancellation)).TryGet(out var match, out error)) return error;
        if (match.Id is null) return Delete.Nothing(request);
        transaction.Delete(request.Type, match.Id, expected);
        return await Writing.Commit(transaction, request, cancellation);
    }
}

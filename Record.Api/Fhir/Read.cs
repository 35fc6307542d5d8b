namespace Record.Api.Fhir;

/// <summary>FHIR read. https://hl7.org/fhir/R4/http.html#read</summary>
internal static class Read
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Subset.Of(request).TryGet(out var subset, out var error)) return error;
        var found = await request.Services.Store.Read(request.Access, request.Type, request.Id, cancellation);
        if (!found.TryGet(out var resource, out error)) return error;
        if (!Conditions.HasAlready(request, resource).TryGet(out var unchanged, out error)) return error;
        return new Answer(unchanged ? StatusCodes.Status304NotModified : StatusCodes.Status200OK) { Resource = resource, Subset = subset };
    }
}

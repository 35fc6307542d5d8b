using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR conditional patch. https://hl7.org/fhir/R4/http.html#patch</summary>
internal static class ConditionalPatch
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Patch.Read(request).TryGet(out var patch, out var error)) return error;
        return await Handle(request, patch, cancellation);
    }

    public static async Task<Answer> Handle(FhirRequest request, JsonPatch patch, CancellationToken cancellation)
    {
        if (!Conditions.Expected(request.IfMatch).TryGet(out var expected, out var error)) return error;
        return await Patch.Apply(request, patch, transaction => Select(transaction, request, cancellation), expected, cancellation);
    }

    private static async Task<Result<string>> Select(RecordTransaction transaction, FhirRequest request, CancellationToken cancellation)
    {
        var found = await Matching.One(transaction, request, request.Type, Matching.CriteriaOf(request), cancellation);
        return found.TryGet(out var match, out var error) ? match.Id is { } id ? id : FhirErrors.NotFound : error;
    }
}

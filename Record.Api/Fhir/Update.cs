using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR update; creates where there is none. https://hl7.org/fhir/R4/http.html#update</summary>
internal static class Update
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Expected(request).TryGet(out var expected, out var error)) return error;
        if (!FhirBody.Write(request, request.Id, expected).TryGet(out var write, out error)) return error;
        return await Handle(request, write, cancellation);
    }

    public static async Task<Answer> Handle(FhirRequest request, ResourceWrite write, CancellationToken cancellation)
    {
        var answer = await Writing.Write(request, write, cancellation);
        return request.IfNoneMatch == "*" && answer.Error is { Kind: ErrorKind.Conflict } there ? there with { Kind = ErrorKind.PreconditionFailed } : answer;
    }

    /// <summary>The version that must be current; 0 if there must be none (If-None-Match: *).</summary>
    public static Result<int?> Expected(FhirRequest request) => request.IfNoneMatch == "*" ? Result<int?>.Of(0) : Conditions.Expected(request.IfMatch);
}

using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR patch, by JSON Patch. https://hl7.org/fhir/R4/http.html#patch</summary>
internal static class Patch
{
    private const int Attempts = 5;

    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Read(request).TryGet(out var patch, out var error)) return error;
        return await Handle(request, patch, cancellation);
    }

    public static async Task<Answer> Handle(FhirRequest request, JsonPatch patch, CancellationToken cancellation)
    {
        if (!Conditions.Expected(request.IfMatch).TryGet(out var expected, out var error)) return error;
        return await Apply(request, patch, _ => Task.FromResult<Result<string>>(request.Id), expected, cancellation);
    }

    /// <summary>Patches what <paramref name="select"/> names; tries again where somebody else wrote in between and no version was named.</summary>
    public static async Task<Answer> Apply(FhirRequest request, JsonPatch patch, Func<RecordTransaction, Task<Result<string>>> select, int? expected, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
            if (!(await select(transaction)).TryGet(out var id, out var error)) return error;
            if (!Patched(await transaction.Find(request.Type, id, cancellation), patch, expected, request).TryGet(out var next, out error)) return error;
            transaction.Put(request.Type, id, next.Body, next.Version);
            var answer = await Writing.Commit(transaction, request, cancellation);
            if (expected is not null || attempt == Attempts || answer.Error is not { Kind: ErrorKind.PreconditionFailed or ErrorKind.Conflict }) return answer;
        }
    }

    /// <summary>The patch that a request holds.</summary>
    public static Result<JsonPatch> Read(FhirRequest request)
    {
        var type = request.Http.ContentType ?? "";
        if (type.Contains("json-patch", StringComparison.OrdinalIgnoreCase)) return JsonPatch.Parse(request.Body, request.Services.Limits);
        return type.Contains("json", StringComparison.OrdinalIgnoreCase) && !request.Body.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8) ? FhirRequestErrors.FhirPathPatch : JsonPatch.Parse(request.Body, request.Services.Limits);
    }

    /// <summary>The next body of a resource, and the version on which it rests.</summary>
    public static Result<(ReadOnlyMemory<byte> Body, int Version)> Patched(StoredResource? current, JsonPatch patch, int? expected, FhirRequest request)
    {
        if (current is null) return FhirErrors.NotFound;
        if (current.Deleted) return FhirErrors.Deleted;
        if (expected is not null && expected != current.Version) return FhirErrors.VersionConflict;
        if (!patch.Apply(current.Body).TryGet(out var bytes, out var error)) return error;
        return FhirBody.Check(bytes, current.Type, current.Id, request.Services) is { } wrong ? wrong : (bytes, current.Version);
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>The body of a write: JSON, each property once, of the type and id that the address names.</summary>
internal static partial class FhirBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads the bytes of a resource.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">The type that it must be.</param>
    /// <param name="id">The id that it must have; null where the server gives one.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<Result<ReadOnlyMemory<byte>>> Read(HttpRequest request, string type, string? id, CancellationToken cancellation)
    {
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType;
        var bytes = await Bytes(request, cancellation);
        return Check(bytes, type, id) is { } error ? error : bytes;
    }

    /// <summary>All bytes of a request.</summary>
    public static async Task<ReadOnlyMemory<byte>> Bytes(HttpRequest request, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, 1 << 20));
        await request.Body.CopyToAsync(buffer, cancellation);
        return buffer.ToArray();
    }

    /// <summary>What is wrong with a body, if anything.</summary>
    public static RecordError? Check(ReadOnlyMemory<byte> bytes, string type, string? id)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("resourceType", out var said) || said.ValueKind != JsonValueKind.String) return FhirRequestErrors.NotAResource;
            if (said.GetString() != type) return FhirRequestErrors.OtherType;
            if (root.TryGetProperty("meta", out var meta) && meta.ValueKind != JsonValueKind.Object) return FhirRequestErrors.NotAResource;
            if (id is null) return null;
            if (!Id().IsMatch(id)) return FhirRequestErrors.BadId;
            return root.TryGetProperty("id", out var own) && own.ValueKind == JsonValueKind.String && own.GetString() == id ? null : FhirRequestErrors.OtherId;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return FhirRequestErrors.NotJson;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9\-.]{1,64}\z")]
    public static partial Regex Id();
}

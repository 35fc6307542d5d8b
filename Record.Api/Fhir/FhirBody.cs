using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>The body of a write: JSON within the limits, valid, of the type and id that the address names.</summary>
internal static partial class FhirBody
{
    private const int Large = 1 << 20;

    /// <summary>All bytes of a request that is no FHIR interaction; the server's own limit holds.</summary>
    public static async Task<ReadOnlyMemory<byte>> Bytes(HttpRequest request, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, Large));
        await request.Body.CopyToAsync(buffer, cancellation);
        return buffer.ToArray();
    }

    /// <summary>Parses bytes within the limits.</summary>
    public static Result<JsonDocument> Parse(ReadOnlyMemory<byte> bytes, FhirLimits limits)
    {
        if (bytes.IsEmpty) return FhirRequestErrors.Empty;
        if (!Utf8.IsValid(bytes.Span)) return FhirRequestErrors.NotUtf8;
        try
        {
            if (bytes.Length > Large && HasTooManyTokens(bytes.Span, limits)) return FhirRequestErrors.TooManyTokens(limits.MaxTokens);
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = limits.MaxDepth, AllowDuplicateProperties = false });
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return Fault(bytes.Span, limits);
        }
    }

    /// <summary>What is wrong with a resource that is to be written, if anything.</summary>
    /// <param name="bytes">UTF-8 JSON.</param>
    /// <param name="type">The type that it must have.</param>
    /// <param name="id">The id that it must have; null where the server gives one.</param>
    /// <param name="services">Limits.</param>
    public static RecordError? Check(ReadOnlyMemory<byte> bytes, string type, string? id, FhirServices services)
    {
        if (!Parse(bytes, services.Limits).TryGet(out var document, out var error)) return error;
        using (document) return Check(document.RootElement, type, id, services.Validation);
    }

    /// <summary>A write of a resource that is right; parsed once.</summary>
    /// <param name="request">What is written, as which type.</param>
    /// <param name="id">The id that the address names; null where the server gives one.</param>
    /// <param name="expected">The version that must be current, if any.</param>
    public static Result<ResourceWrite> Write(FhirRequest request, string? id, int? expected)
    {
        if (!Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return error;
        using (document)
        {
            if (Check(document.RootElement, request.Type, id, request.Services.Validation) is { } wrong) return wrong;
            return Prepared(request, id, expected, document.RootElement);
        }
    }

    /// <summary>A write of a resource that has been found right.</summary>
    public static ResourceWrite Prepared(FhirRequest request, string? id, int? expected, JsonElement parsed)
    {
        var write = id is null ? ResourceWrite.Create(request.Type, request.Body) : ResourceWrite.Update(request.Type, id, request.Body, expected);
        write.Prepare(parsed);
        return write;
    }

    /// <inheritdoc cref="Check(ReadOnlyMemory{byte}, string, string?, FhirServices)"/>
    public static RecordError? Check(JsonElement root, string type, string? id, ValidationOptions options)
    {
        if (Text(root, "resourceType"u8) is not { } said) return FhirRequestErrors.NotAResource;
        if (said != type) return FhirRequestErrors.OtherType;
        if (id is not null && !Id().IsMatch(id)) return FhirRequestErrors.BadId;
        if (id is not null && Text(root, "id"u8) != id) return FhirRequestErrors.OtherId;
        return Faults(ResourceValidator.Check(root, options));
    }

    /// <summary>The error that faults of a resource make; null if none rejects it.</summary>
    public static RecordError? Faults(IReadOnlyList<ValidationIssue> issues) =>
        issues.Any(issue => issue.Severity is IssueSeverity.Fatal or IssueSeverity.Error)
            ? new RecordError(ErrorKind.Unprocessable, "fhir.invalid-resource", "The resource is not valid.") { Issues = issues }
            : null;

    /// <summary>A member that is a string; null if there is none.</summary>
    public static string? Text(JsonElement of, ReadOnlySpan<byte> name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && ReadText(value) is { } text ? text : null;

    // An escaped half of a surrogate pair is JSON, but no text.
    private static string? ReadText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool HasTooManyTokens(ReadOnlySpan<byte> bytes, FhirLimits limits)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        for (var tokens = 0; reader.Read(); tokens++)
            if (tokens == limits.MaxTokens) return true;
        return false;
    }

    private static RecordError Fault(ReadOnlySpan<byte> bytes, FhirLimits limits)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return FhirRequestErrors.DuplicateKey;
        }
        catch (JsonException)
        {
            if (reader.CurrentDepth >= limits.MaxDepth - 1) return FhirRequestErrors.TooDeep(limits.MaxDepth);
        }

        return FhirRequestErrors.NotJson with { Detail = $"The body is not JSON: byte {reader.BytesConsumed + 1} and what follows cannot be read." };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9\-.]{1,64}\z")]
    public static partial Regex Id();
}

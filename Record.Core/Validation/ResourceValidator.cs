using System.Runtime.InteropServices;
using System.Text.Json;
using Record.Core.Validation.Values;
using Record.Core.Validation.Walk;

namespace Record.Core.Validation;

/// <summary>Says what is wrong with a FHIR R4 resource. https://hl7.org/fhir/R4/validation.html</summary>
public static class ResourceValidator
{
    /// <summary>The faults of one resource (severity error or fatal); empty when it is valid. Every write runs through it.</summary>
    /// <param name="bytes">UTF-8 JSON of one resource.</param>
    /// <param name="options">Limits; <see cref="ValidationOptions.Default"/> unless given.</param>
    public static IReadOnlyList<ValidationIssue> Check(ReadOnlyMemory<byte> bytes, ValidationOptions? options = null) =>
        Read(bytes, options ?? ValidationOptions.Default, false);

    /// <summary>The faults of a resource that is parsed already. Duplicate properties and bad UTF-8 are found too.</summary>
    /// <param name="resource">A JSON object whose document is not disposed of meanwhile.</param>
    /// <param name="options">Limits; <see cref="ValidationOptions.Default"/> unless given.</param>
    public static IReadOnlyList<ValidationIssue> Check(JsonElement resource, ValidationOptions? options = null) =>
        !System.Text.Unicode.Utf8.IsValid(JsonMarshal.GetRawUtf8Value(resource))
            ? [JsonBody.NotUtf8]
            : Walk(resource, JsonMarshal.GetRawUtf8Value(resource).Contains((byte)'\\'), options ?? ValidationOptions.Default, false);

    /// <summary>Everything there is to say about a resource, warnings and information too: <c>$validate</c>.</summary>
    /// <param name="bytes">UTF-8 JSON of one resource.</param>
    /// <param name="options">Limits and profiles; <see cref="ValidationOptions.Default"/> unless given.</param>
    public static IReadOnlyList<ValidationIssue> Validate(ReadOnlyMemory<byte> bytes, ValidationOptions? options = null) =>
        Read(bytes, options ?? ValidationOptions.Default, true);

    private static IReadOnlyList<ValidationIssue> Read(ReadOnlyMemory<byte> bytes, ValidationOptions options, bool everything)
    {
        if (JsonBody.Fault(bytes.Span, options) is { } fault) return [fault];
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = options.MaxDepth });
            return Walk(document.RootElement, bytes.Span.Contains((byte)'\\'), options, everything);
        }
        catch (JsonException)
        {
            return [JsonBody.WhyUnreadable(bytes.Span, options)];
        }
    }

    private static IReadOnlyList<ValidationIssue> Walk(JsonElement resource, bool mayEscape, ValidationOptions options, bool everything)
    {
        var walk = new ResourceWalk(options, everything, mayEscape);
        try
        {
            walk.Resource(resource, isContained: false);
        }
        catch (InvalidOperationException) when (mayEscape && Escapes.Fault(JsonMarshal.GetRawUtf8Value(resource)) is not null)
        {
            return [.. walk.Issues, JsonBody.HalfPair]; // which System.Text.Json does not read
        }

        return everything ? [.. walk.Issues, .. Profiles(options)] : walk.Issues;
    }

    private static IEnumerable<ValidationIssue> Profiles(ValidationOptions options) => options.Profiles.Select(_ => new ValidationIssue(
        IssueSeverity.Warning, "not-supported", "Resource.meta.profile", "A profile that was asked for is not known here: the resource was validated against FHIR R4 itself."));
}

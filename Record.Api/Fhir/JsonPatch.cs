using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>A JSON Patch: RFC 6902, with pointers by RFC 6901. What it does not touch keeps its numbers' digits and its order.</summary>
internal sealed class JsonPatch
{
    private sealed record Step(string Op, string Path, string? From, JsonNode? Value, int Place);

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private readonly List<Step> steps;

    private JsonPatch(List<Step> steps) => this.steps = steps;

    /// <summary>Reads a patch document.</summary>
    public static Result<JsonPatch> Parse(ReadOnlyMemory<byte> bytes, FhirLimits limits)
    {
        if (!FhirBody.Parse(bytes, limits).TryGet(out var document, out var error)) return error;
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array) return PatchErrors.NotAPatch;
            var steps = new List<Step>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                var step = new Step(FhirBody.Text(element, "op"u8) ?? "", FhirBody.Text(element, "path"u8) ?? "-", FhirBody.Text(element, "from"u8),
                    element.ValueKind == JsonValueKind.Object && element.TryGetProperty("value"u8, out var value) ? JsonNode.Parse(value.GetRawText()) : null, steps.Count);
                var valued = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("value"u8, out _);
                if (!IsPointer(step.Path) || !IsComplete(step, valued)) return PatchErrors.BadStep(steps.Count);
                steps.Add(step);
            }

            return new JsonPatch(steps);
        }
    }

    /// <summary>Applies all steps, or none.</summary>
    public Result<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> resource)
    {
        var root = JsonNode.Parse(resource.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 256 });
        foreach (var step in steps)
            if (Carry(step, ref root) is { } error) return error;
        var buffer = new ArrayBufferWriter<byte>(resource.Length + 256);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
            if (root is null) json.WriteNullValue();
            else root.WriteTo(json);
        return buffer.WrittenMemory;
    }

    private static RecordError? Carry(Step step, ref JsonNode? root)
    {
        switch (step.Op)
        {
            case "add": return JsonPlace.Add(ref root, step.Path, step.Value?.DeepClone()) ? null : PatchErrors.NoPlace(step.Place);
            case "remove": return JsonPlace.Remove(ref root, step.Path, out _) ? null : PatchErrors.NoPlace(step.Place);
            case "replace": return JsonPlace.Replace(ref root, step.Path, step.Value?.DeepClone()) ? null : PatchErrors.NoPlace(step.Place);
            case "test": return JsonPlace.Find(root, step.Path, out var found) && JsonNode.DeepEquals(found, step.Value) ? null : PatchErrors.TestFailed(step.Place);
            case "copy": return JsonPlace.Find(root, step.From!, out var copied) && JsonPlace.Add(ref root, step.Path, copied?.DeepClone()) ? null : PatchErrors.NoPlace(step.Place);
            default:
                if (step.Path.StartsWith(step.From + "/", StringComparison.Ordinal)) return PatchErrors.IntoItself(step.Place);
                return JsonPlace.Remove(ref root, step.From!, out var moved) && JsonPlace.Add(ref root, step.Path, moved) ? null : PatchErrors.NoPlace(step.Place);
        }
    }

    private static bool IsComplete(Step step, bool valued) => step.Op switch
    {
        "add" or "replace" or "test" => valued,
        "remove" => true,
        "copy" or "move" => step.From is not null && IsPointer(step.From),
        _ => false,
    };

    private static bool IsPointer(string path) => path.Length == 0 || path[0] == '/';
}

/// <summary>What can be wrong with a patch. The place is that of the step, from 0.</summary>
internal static class PatchErrors
{
    public static RecordError NotAPatch { get; } = new(ErrorKind.Invalid, "fhir.not-a-patch", "A JSON Patch is an array of operations.") { Issue = "structure" };

    public static RecordError BadStep(int place) => new(ErrorKind.Invalid, "fhir.bad-patch", $"Operation {place} of the patch needs an op (add, remove, replace, move, copy, test) with its path, from or value.") { Issue = "structure" };

    public static RecordError NoPlace(int place) => new(ErrorKind.Unprocessable, "fhir.patch-path", $"Operation {place} of the patch names a place that the resource does not have.") { Issue = "processing" };

    public static RecordError TestFailed(int place) => new(ErrorKind.Unprocessable, "fhir.patch-test", $"Operation {place} of the patch, a test, does not hold.") { Issue = "processing" };

    public static RecordError IntoItself(int place) => new(ErrorKind.Invalid, "fhir.bad-patch", $"Operation {place} of the patch moves something into itself.") { Issue = "structure" };
}

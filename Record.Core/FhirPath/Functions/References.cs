using System.Text.Json;
using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Functions;

/// <summary>What a reference means: a contained resource, an entry of the surrounding Bundle, or what the environment knows.</summary>
internal static class References
{
    /// <summary>The resource that a Reference, canonical, uri or text refers to; null if it is not found.</summary>
    public static FhirPathNode? Resolve(Evaluation run, in FhirPathNode node)
    {
        if (Text(node) is not { Length: > 0 } reference) return null;
        var root = run.RootResource;
        if (reference[0] == '#') return reference.Length == 1 ? root : Contained(run, root, reference.AsSpan(1));
        return Entry(run, root, reference) ?? run.Environment.Resolve?.Invoke(reference);
    }

    private static string? Text(in FhirPathNode node)
    {
        if (node.Type.Kind == ScalarKind.Text) return Values.Scalars.Of(node) as string;
        return node.Element.ValueKind == JsonValueKind.Object && node.Element.TryGetProperty("reference"u8, out var reference) && reference.ValueKind == JsonValueKind.String
            ? reference.GetString() : null;
    }

    private static FhirPathNode? Contained(Evaluation run, in FhirPathNode root, ReadOnlySpan<char> id)
    {
        foreach (var contained in Items(root.Element, "contained"u8))
        {
            run.Spend();
            if (contained.ValueKind == JsonValueKind.Object && contained.TryGetProperty("id"u8, out var found) && found.ValueKind == JsonValueKind.String && found.ValueEquals(id) && contained.TryGetProperty("resourceType"u8, out _))
                return FhirPathNode.OfResource(contained);
        }

        return null;
    }

    // By fullUrl, absolute or ending in Type/id.
    private static FhirPathNode? Entry(Evaluation run, in FhirPathNode root, string reference)
    {
        if (root.Type.Name != "Bundle") return null;
        foreach (var entry in Items(root.Element, "entry"u8))
        {
            run.Spend();
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("fullUrl"u8, out var url) && url.ValueKind == JsonValueKind.String && Matches(url.GetString()!, reference)
                && entry.TryGetProperty("resource"u8, out var resource) && resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("resourceType"u8, out _))
                return FhirPathNode.OfResource(resource);
        }

        return null;
    }

    private static bool Matches(string fullUrl, string reference) =>
        fullUrl == reference || (!reference.Contains(':', StringComparison.Ordinal) && fullUrl.EndsWith("/" + reference, StringComparison.Ordinal));

    private static JsonElement.ArrayEnumerator Items(JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;
}

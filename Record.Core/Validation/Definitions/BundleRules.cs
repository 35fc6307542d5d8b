using System.Runtime.InteropServices;
using System.Text.Json;

namespace Record.Core.Validation.Definitions;

/// <summary>Invariants of bundles that must not cost more than one look at each entry.</summary>
internal static class BundleRules
{
    /// <summary>Every entry has it in these types of bundle, none in the others.</summary>
    public static bool? AllOrNone(JsonElement bundle, ReadOnlySpan<byte> part, params ReadOnlySpan<string> types)
    {
        if (!bundle.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String) return true;
        var wanted = false;
        foreach (var one in types) wanted |= type.ValueEquals(one);
        foreach (var entry in Entries(bundle))
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(part, out _) != wanted) return false;
        return true;
    }

    /// <summary>No entry has it.</summary>
    public static bool None(JsonElement bundle, ReadOnlySpan<byte> part)
    {
        foreach (var entry in Entries(bundle))
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(part, out _)) return false;
        return true;
    }

    /// <summary>A fullUrl is not the address of one version.</summary>
    public static bool? FullUrlHasNoVersion(JsonElement entry) =>
        !entry.TryGetProperty("fullUrl"u8, out var url) || url.ValueKind != JsonValueKind.String || JsonMarshal.GetRawUtf8Value(url).IndexOf("/_history/"u8) < 0;

    /// <summary>The same fullUrl stands once, or with different versions.</summary>
    public static bool? FullUrlsAreDistinct(JsonElement bundle)
    {
        if (bundle.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("history"u8)) return true;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Entries(bundle))
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("fullUrl"u8, out var url) || url.ValueKind != JsonValueKind.String) continue;
            if (!seen.Add(url.GetString() + Version(entry))) return false;
        }

        return true;
    }

    private static string? Version(JsonElement entry) =>
        entry.TryGetProperty("resource"u8, out var resource) && resource.ValueKind == JsonValueKind.Object
        && resource.TryGetProperty("meta"u8, out var meta) && meta.ValueKind == JsonValueKind.Object
        && meta.TryGetProperty("versionId"u8, out var version) && version.ValueKind == JsonValueKind.String ? version.GetString() : null;

    private static JsonElement.ArrayEnumerator Entries(JsonElement bundle) =>
        bundle.TryGetProperty("entry"u8, out var entries) && entries.ValueKind == JsonValueKind.Array ? entries.EnumerateArray() : default;
}

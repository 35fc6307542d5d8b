using System.Text.Json;

namespace Record.Core.Validation.Definitions;

/// <summary>obs-7: with a value, no component has the code of the observation.</summary>
internal static class ObservationRules
{
    public static bool? NoComponentHasTheCode(JsonElement observation)
    {
        if (!observation.TryGetProperty("component"u8, out var components) || components.ValueKind != JsonValueKind.Array || !HasValue(observation)) return true;
        foreach (var component in components.EnumerateArray())
            foreach (var coding in Codings(component))
                foreach (var own in Codings(observation))
                    if (JsonElement.DeepEquals(coding, own)) return false;
        return true;
    }

    private static bool HasValue(JsonElement observation)
    {
        foreach (var property in observation.EnumerateObject())
            if (property.Name.TrimStart('_').StartsWith("value", StringComparison.Ordinal)) return true;
        return false;
    }

    private static JsonElement.ArrayEnumerator Codings(JsonElement owner) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("code"u8, out var concept) && concept.ValueKind == JsonValueKind.Object
        && concept.TryGetProperty("coding"u8, out var codings) && codings.ValueKind == JsonValueKind.Array ? codings.EnumerateArray() : default;
}

using System.Text.Json;

namespace Record.Core.Validation.Definitions;

/// <summary>obs-7: with a value, no component has the code of the observation.</summary>
internal static class ObservationRules
{
    public static bool? NoComponentHasTheCode(JsonElement observation)
    {
        if (!observation.TryGetProperty("component"u8, out var components) || components.ValueKind != JsonValueKind.Array || !HasValue(observation)) return true;
        var own = Codings(observation).Select(Text).ToHashSet(StringComparer.Ordinal);
        return !components.EnumerateArray().SelectMany(component => Codings(component)).Any(coding => own.Contains(Text(coding)));
    }

    /// <summary>A coding as text, whatever the order of its properties: so that many are compared with many in one pass.</summary>
    private static string Text(JsonElement coding) => coding.ValueKind != JsonValueKind.Object ? "" : string.Join(',', coding.EnumerateObject()
        .Select(property => $"{property.Name}:{(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText())}").Order(StringComparer.Ordinal));

    private static bool HasValue(JsonElement observation) =>
        observation.EnumerateObject().Any(property => property.Name.TrimStart('_').StartsWith("value", StringComparison.Ordinal));

    private static JsonElement.ArrayEnumerator Codings(JsonElement owner) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("code"u8, out var concept) && concept.ValueKind == JsonValueKind.Object
        && concept.TryGetProperty("coding"u8, out var codings) && codings.ValueKind == JsonValueKind.Array ? codings.EnumerateArray() : default;
}

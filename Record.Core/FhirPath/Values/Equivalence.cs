using System.Text.Json;

namespace Record.Core.FhirPath.Values;

/// <summary><c>~</c> of single items: case, white space and order do not count, numbers to the lesser precision. http://hl7.org/fhirpath/N1/#equivalence</summary>
internal static class Equivalence
{
    public static bool Of(in FhirPathNode left, in FhirPathNode right)
    {
        var (a, b) = (left.Value, right.Value);
        if (a is not null && b is not null) return OfValues(a, b);
        if (a is not null || b is not null) return false;
        var (x, y) = left.Type.IsPrimitive ? (left.Extras, right.Extras) : (left.Element, right.Element);
        return x.ValueKind == JsonValueKind.Undefined ? y.ValueKind == JsonValueKind.Undefined : OfJson(x, y);
    }

    private static bool OfValues(object left, object right) => (left, right) switch
    {
        (string a, string b) => Normal(a) == Normal(b),
        (Temporal a, Temporal b) => Temporal.Compare(a, b) == 0,
        (Quantity a, Quantity b) => Quantity.Equivalent(a, b),
        _ when Arithmetic.AsNumber(left) is { } a && Arithmetic.AsNumber(right) is { } b => Numbers.Equivalent(a, b),
        _ => Equality.OfValues(left, right) == true,
    };

    private static bool OfJson(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind) return false;
        return left.ValueKind switch
        {
            JsonValueKind.String => Normal(left.GetString()!) == Normal(right.GetString()!),
            JsonValueKind.Number => left.TryGetDecimal(out var a) && right.TryGetDecimal(out var b) ? Numbers.Equivalent(a, b) : JsonElement.DeepEquals(left, right),
            JsonValueKind.Array => OfArrays(left, right),
            JsonValueKind.Object => OfObjects(left, right),
            _ => true,
        };
    }

    private static bool OfObjects(JsonElement left, JsonElement right)
    {
        if (left.GetPropertyCount() != right.GetPropertyCount()) return false;
        foreach (var property in left.EnumerateObject())
            if (!right.TryGetProperty(property.Name, out var other) || !OfJson(property.Value, other)) return false;
        return true;
    }

    private static bool OfArrays(JsonElement left, JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength()) return false;
        var others = right.EnumerateArray().ToList();
        foreach (var item in left.EnumerateArray())
        {
            var match = others.FindIndex(other => OfJson(item, other));
            if (match < 0) return false;
            others.RemoveAt(match);
        }

        return true;
    }

    private static string Normal(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}

using System.Text.Json;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Values;

/// <summary><c>=</c> of single items. http://hl7.org/fhirpath/N1/#equality</summary>
internal static class Equality
{
    /// <summary>Whether two items are equal; null if it cannot be decided.</summary>
    public static bool? Of(in FhirPathNode left, in FhirPathNode right)
    {
        if (left.Element.ValueKind == JsonValueKind.String && right.Element.ValueKind == JsonValueKind.String && left.Type.Kind == ScalarKind.Text && right.Type.Kind == ScalarKind.Text)
            return JsonElement.DeepEquals(left.Element, right.Element);
        var (a, b) = (left.Value, right.Value);
        if (a is not null && b is not null) return OfValues(a, b);
        return a is null && b is null && SameJson(left, right);
    }

    /// <summary>Whether two System values are equal; null if it cannot be decided.</summary>
    public static bool? OfValues(object left, object right) => (left, right) switch
    {
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (bool a, bool b) => a == b,
        (int a, int b) => a == b,
        (Temporal a, Temporal b) => (a.Kind == ScalarKind.Time) == (b.Kind == ScalarKind.Time) ? Zero(Temporal.Compare(a, b)) : false,
        (FhirType a, FhirType b) => ReferenceEquals(a, b),
        _ when Arithmetic.AsNumber(left) is { } a && Arithmetic.AsNumber(right) is { } b => a == b,
        _ when Arithmetic.AsQuantity(left) is { } a && Arithmetic.AsQuantity(right) is { } b => Zero(Quantity.Compare(a, b)),
        _ => false,
    };

    private static bool SameJson(in FhirPathNode left, in FhirPathNode right)
    {
        if (left.Type.IsPrimitive != right.Type.IsPrimitive) return false;
        var (a, b) = left.Type.IsPrimitive && !left.HasValue && !right.HasValue ? (left.Extras, right.Extras) : (left.Element, right.Element);
        if (a.ValueKind == JsonValueKind.Undefined || b.ValueKind == JsonValueKind.Undefined) return a.ValueKind == b.ValueKind;
        return JsonElement.DeepEquals(a, b);
    }

    private static bool? Zero(int? order) => order is { } known ? known == 0 : null;
}

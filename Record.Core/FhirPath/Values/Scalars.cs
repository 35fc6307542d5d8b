using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Values;

/// <summary>System values of items: <c>bool</c>, <c>int</c>, <c>decimal</c>, <c>string</c>, <see cref="Temporal"/>, <see cref="Quantity"/>.</summary>
internal static class Scalars
{
    public static readonly object True = true;
    public static readonly object False = false;
    private static readonly object[] Integers = [.. Enumerable.Range(0, 256).Select(i => (object)i)];

    /// <summary>The value of an item; null if it has none, or one that its type does not allow.</summary>
    public static object? Of(in FhirPathNode node)
    {
        var type = node.Type;
        return type.IsSystem ? node.Computed : Of(node.Element, type.Kind);
    }

    /// <summary>An object's single box where there is one.</summary>
    public static object Box(object value) => value switch
    {
        bool truth => truth ? True : False,
        int number when (uint)number < 256 => Integers[number],
        _ => value,
    };

    public static FhirType TypeOf(object value) => value switch
    {
        bool => FhirTypes.SystemBoolean,
        int => FhirTypes.SystemInteger,
        decimal => FhirTypes.SystemDecimal,
        string => FhirTypes.SystemString,
        Quantity => FhirTypes.SystemQuantity,
        Temporal { Kind: ScalarKind.Date } => FhirTypes.SystemDate,
        Temporal { Kind: ScalarKind.Time } => FhirTypes.SystemTime,
        Temporal => FhirTypes.SystemDateTime,
        _ => throw new FhirPathException($"{value.GetType().Name} is not a System type."),
    };

    /// <summary>The type of JSON that no definition describes.</summary>
    public static FhirType TypeOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => FhirTypes.Find("string")!,
        JsonValueKind.Number => FhirTypes.Find("decimal")!,
        JsonValueKind.True or JsonValueKind.False => FhirTypes.Find("boolean")!,
        _ => FhirTypes.Element,
    };

    /// <summary>FHIRPath's text of a value; null for null.</summary>
    public static string? Text(object? value) => value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static object? Of(JsonElement json, ScalarKind kind) => kind switch
    {
        ScalarKind.Quantity => Quantity.Read(json),
        ScalarKind.Boolean => json.ValueKind switch { JsonValueKind.True => True, JsonValueKind.False => False, _ => null },
        ScalarKind.Integer => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) ? Box(number) : null,
        ScalarKind.Decimal => json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var number) ? number : null,
        ScalarKind.None => null,
        _ when json.ValueKind != JsonValueKind.String => null,
        ScalarKind.Text => json.GetString(),
        _ => Time(json, kind),
    };

    // Without a copy of the text, unless it is written with escapes.
    private static Temporal? Time(JsonElement json, ScalarKind kind)
    {
        var raw = JsonMarshal.GetRawUtf8Value(json)[1..^1];
        Span<char> text = stackalloc char[40];
        return raw.Length <= text.Length && Ascii.ToUtf16(raw, text, out var length) == OperationStatus.Done && !raw.Contains((byte)'\\')
            ? Temporal.Parse(text[..length], kind)
            : Temporal.Parse(json.GetString()!, kind);
    }
}

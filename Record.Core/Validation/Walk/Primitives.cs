using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Record.Core.Validation.Definitions;
using Record.Core.Validation.Values;

namespace Record.Core.Validation.Walk;

/// <summary>Values of primitive types, and their other halves (<c>_status</c>). https://hl7.org/fhir/R4/json.html#primitive</summary>
internal sealed partial class ResourceWalk
{
    private void PrimitiveValue(JsonElement value, Property property)
    {
        var type = property.Type.Primitive;
        switch (value.ValueKind)
        {
            case JsonValueKind.String when type is not (Primitive.Boolean or Primitive.Integer or Primitive.PositiveInt or Primitive.UnsignedInt or Primitive.Decimal):
                StringValue(value, property);
                break;
            case JsonValueKind.Number when type is Primitive.Integer or Primitive.PositiveInt or Primitive.UnsignedInt or Primitive.Decimal:
                if (PrimitiveFormat.NumberFault(type, JsonMarshal.GetRawUtf8Value(value)) is { } fault) Report(IssueSeverity.Error, "value", fault);
                break;
            case JsonValueKind.True or JsonValueKind.False when type == Primitive.Boolean:
                break;
            case JsonValueKind.Null:
                Report(IssueSeverity.Error, "structure", "null stands only in arrays of primitive values.");
                break;
            default:
                Report(IssueSeverity.Error, "structure", type switch
                {
                    Primitive.Boolean => "This element is true or false, without quotes.",
                    Primitive.Integer or Primitive.PositiveInt or Primitive.UnsignedInt or Primitive.Decimal => "This element is a JSON number.",
                    _ => "This element is a JSON string.",
                });
                break;
        }
    }

    private void StringValue(JsonElement value, Property property)
    {
        var text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (mayEscape && text.Contains((byte)'\\'))
        {
            if (Escapes.Fault(text) is { } escape)
            {
                Report(IssueSeverity.Error, "value", escape);
                return;
            }

            text = Encoding.UTF8.GetBytes(value.GetString()!);
        }

        var type = property.Type.Primitive;
        if (PrimitiveFormat.Fault(type, text) is { } fault) Report(IssueSeverity.Error, "value", fault);
        else if (type == Primitive.Code) CheckCode(text, property.Element);
        else if (type is Primitive.Uri or Primitive.Url or Primitive.Canonical && text[0] == '#') scope.Refer(Encoding.UTF8.GetString(text));
        else if (type == Primitive.Xhtml && Xhtml.Fault(text) is { } narrative) Report(IssueSeverity.Error, "invariant", narrative);
    }

    private void CheckCode(ReadOnlySpan<byte> code, ElementRule element)
    {
        if (element.Codes is { } codes && !codes.Has(code)) Report(IssueSeverity.Error, "code-invalid", $"The code is not in the value set {codes.Url}.");
        else if (element.IsCurrency && !PrimitiveFormat.IsCurrency(code)) Report(IssueSeverity.Error, "code-invalid", "A currency is three capitals of ISO 4217.");
    }

    /// <summary>A bound concept has a coding of the value set; or says by an extension why it has none.</summary>
    private void CheckConcept(JsonElement concept, CodeList codes, ulong present, TypeRule type)
    {
        if (concept.TryGetProperty("coding"u8, out var codings) && codings.ValueKind == JsonValueKind.Array)
        {
            foreach (var coding in codings.EnumerateArray())
                if (Text(coding, "system"u8, out var system) && Text(coding, "code"u8, out var code) && codes.Has(system, code)) return;
        }
        else if ((present & type.ExtensionBit) != 0) return;

        Report(IssueSeverity.Error, "code-invalid", $"None of the codings is in the value set {codes.Url}.");
    }

    /// <summary>The bytes of a string property, without quotes and escapes.</summary>
    private bool Text(JsonElement owner, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return false;
        text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (!mayEscape || !text.Contains((byte)'\\')) return true;
        if (Escapes.Fault(text) is not null) return false;
        text = Encoding.UTF8.GetBytes(value.GetString()!);
        return true;
    }

    /// <summary>Where a primitive has nulls or extras: each item has a value, extras, or both.</summary>
    private void CheckPairs(JsonElement owner, TypeRule type, ulong uneven)
    {
        foreach (var element in type.Elements)
        {
            if ((element.Bit & uneven) == 0) continue;
            foreach (var name in element.PrimitiveNames)
            {
                owner.TryGetProperty(name, out var value);
                owner.TryGetProperty("_" + name, out var extras);
                if (value.ValueKind == JsonValueKind.Undefined && extras.ValueKind == JsonValueKind.Undefined) continue;
                place.Enter(name);
                if (element.Many) CheckItems(value, extras);
                else CheckPair(value, extras);
                place.Leave();
            }
        }
    }

    private void CheckItems(JsonElement values, JsonElement extras)
    {
        var value = Items(values);
        var extra = Items(extras);
        for (var i = 0; !IsFull; i++)
        {
            var (hasValue, hasExtra) = (value.MoveNext(), extra.MoveNext());
            if (!hasValue && !hasExtra) break;
            place.At(i);
            CheckPair(hasValue ? value.Current : default, hasExtra ? extra.Current : default);
        }

        place.At(-1);
    }

    private void CheckPair(JsonElement value, JsonElement extras)
    {
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)) return;
        if (extras.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) Report(IssueSeverity.Error, "structure", "An item of an array has a value, an extension, or both.");
        else if (extras.ValueKind == JsonValueKind.Object && extras.TryGetProperty("id"u8, out _) && !extras.TryGetProperty("extension"u8, out _))
            Report(IssueSeverity.Error, "invariant", "An element has a value or children, not an id alone (ele-1).");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement array) => array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;
}

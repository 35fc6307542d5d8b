using System.Text.Json;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath;

/// <summary>One item: a JSON element with its FHIR type and its primitive's <c>_name</c> sibling, or a computed System value.</summary>
public readonly struct FhirPathNode
{
    private readonly JsonElement side; // the extras themselves, or the object that holds them if `data` is a member
    private readonly FhirType? type;
    private readonly object? data; // a System value, or the member that this element stands in
    private readonly int index; // its place in a repeating member, or -1

    private FhirPathNode(JsonElement element, JsonElement side, FhirType type, object? data, int index) =>
        (Element, this.side, this.type, this.data, this.index) = (element, side, type, data, index);

    /// <summary>The JSON value; undefined for a computed value and for a primitive that has only extensions.</summary>
    public JsonElement Element { get; }

    /// <summary>The <c>_name</c> object beside a primitive; undefined if there is none.</summary>
    public JsonElement Extras => data is not FhirMember member ? side
        : !side.TryGetProperty(member.Utf8Extras, out var found) ? default
        : index < 0 ? found
        : found.ValueKind == JsonValueKind.Array && index < found.GetArrayLength() ? found[index] : default;

    /// <summary>The type's name: <c>Patient</c>, <c>HumanName</c>, <c>Observation.component</c>, <c>code</c>; <c>System.Boolean</c> for a computed value.</summary>
    public string TypeName => Type.FullName;

    /// <summary>
    /// The System value of a primitive or a computed item: <c>bool</c>, <c>int</c>, <c>decimal</c>, <c>string</c>,
    /// or for dates, times and quantities an object whose <c>ToString()</c> is FHIRPath's; null if it has none or a malformed one.
    /// </summary>
    public object? Value => Scalars.Of(this);

    /// <summary>Whether this is a primitive with a value, not only extensions.</summary>
    public bool HasValue => Type.IsPrimitive && Element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array);

    internal FhirType Type => type ?? FhirTypes.SystemAny;

    /// <summary>Whether there is no item at all: the <c>$this</c> of an empty collection.</summary>
    internal bool IsNone => type is null;

    /// <summary>What was computed, without looking at JSON; null for an element.</summary>
    internal object? Computed => Type.IsSystem ? data : null;

    /// <summary>A resource, its type taken from <c>resourceType</c>.</summary>
    /// <exception cref="FhirPathException">It is not a JSON object with a <c>resourceType</c>.</exception>
    public static FhirPathNode OfResource(JsonElement resource)
    {
        var type = ResourceType(resource) ?? throw new FhirPathException("A resource needs a resourceType.");
        return new(resource, default, type, null, -1);
    }

    /// <summary>An element: a data type by name (<c>HumanName</c>, <c>code</c>) or a backbone element by path (<c>Observation.component</c>).</summary>
    /// <param name="value">Its JSON; undefined if a primitive has only extensions.</param>
    /// <param name="extras">The <c>_name</c> object beside a primitive.</param>
    /// <param name="type">The type's name or the element's path.</param>
    /// <exception cref="FhirPathException">R4 has no such type.</exception>
    public static FhirPathNode OfElement(JsonElement value, JsonElement? extras, string type) =>
        new(value, extras ?? default, FhirTypes.Find(type) ?? throw new FhirPathException($"R4 has no type {type}."), null, -1);

    /// <summary>A resource of which only the type is known: what a reference to <c>Patient/1</c> resolves to where nothing else is at hand.</summary>
    /// <exception cref="FhirPathException">R4 has no such type.</exception>
    public static FhirPathNode OfType(string type) => OfElement(default, null, type);

    /// <summary>A System value: <c>bool</c>, <c>int</c>, <c>decimal</c> or <c>string</c>.</summary>
    /// <exception cref="FhirPathException">It is something else.</exception>
    public static FhirPathNode OfValue(object value) => new(default, default, Scalars.TypeOf(value), Scalars.Box(value), -1);

    /// <summary>The item's value as text, or its JSON.</summary>
    public override string ToString() =>
        Scalars.Text(Value) ?? (Element.ValueKind == JsonValueKind.Undefined ? "" : Element.GetRawText());

    internal static FhirPathNode OfTypeInfo(FhirType about) => new(default, default, FhirTypes.TypeInfo, about, -1);

    internal static FhirPathNode OfBoolean(bool value) => new(default, default, FhirTypes.SystemBoolean, Scalars.Box(value), -1);

    /// <summary>What stands in a member of an object: its extras are looked for when they are asked for.</summary>
    internal static FhirPathNode OfMember(JsonElement value, JsonElement owner, FhirMember member, int index) =>
        member.Type.IsPrimitive ? new(value, owner, member.Type, member, index)
        : ReferenceEquals(member.Type, FhirTypes.Resource) ? new(value, default, ResourceType(value) ?? member.Type, null, -1)
        : new(value, default, member.Type, null, -1);

    /// <summary>An element that no definition describes, typed by its JSON.</summary>
    internal static FhirPathNode OfUnknown(JsonElement value) => new(value, default, Scalars.TypeOf(value), null, -1);

    private static FhirType? ResourceType(JsonElement resource) =>
        resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("resourceType"u8, out var name) && name.ValueKind == JsonValueKind.String
            ? FhirTypes.Find(Unquoted(name)) ?? FhirTypes.Resource
            : null;

    private static ReadOnlySpan<byte> Unquoted(JsonElement text) => System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(text)[1..^1];
}

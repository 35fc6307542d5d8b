using System.Text.Json;

namespace Record.Core.FhirPath;

/// <summary>One item: a JSON element with its FHIR type, its primitive's <c>_name</c> sibling, or a computed System value.</summary>
public readonly struct FhirPathNode
{
    private FhirPathNode(JsonElement element, JsonElement extras, string type) => (Element, Extras, TypeName) = (element, extras, type);

    /// <summary>The JSON value; undefined for a computed value and for a primitive that has only extensions.</summary>
    public JsonElement Element { get; }

    /// <summary>The <c>_name</c> object beside a primitive; undefined if there is none.</summary>
    public JsonElement Extras { get; }

    /// <summary>The type's name: <c>Patient</c>, <c>HumanName</c>, <c>Observation.component</c>, <c>code</c>; <c>System.Boolean</c> for a computed value.</summary>
    public string TypeName { get; }

    /// <summary>The System value (bool, int, decimal, string …) of a primitive or a computed item; null if it has none.</summary>
    public object? Value => Element.ValueKind == JsonValueKind.String ? Element.GetString() : null;

    /// <summary>A resource, its type taken from <c>resourceType</c>.</summary>
    public static FhirPathNode OfResource(JsonElement resource) => new(resource, default, resource.GetProperty("resourceType").GetString()!);

    /// <summary>An element: a data type by name (<c>HumanName</c>, <c>code</c>) or a backbone element by path (<c>Observation.component</c>).</summary>
    /// <param name="value">Its JSON.</param>
    /// <param name="extras">The <c>_name</c> object beside a primitive.</param>
    /// <param name="type">The type's name or the element's path.</param>
    public static FhirPathNode OfElement(JsonElement value, JsonElement? extras, string type) => new(value, extras ?? default, type);
}

using System.Collections.Frozen;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Record.Core.FhirPath.Types;

/// <summary>R4's types, read once from the SDK's metadata, and the System types.</summary>
internal static class FhirTypes
{
    public static readonly FhirType SystemAny = System("Any", ScalarKind.None, null);
    public static readonly FhirType SystemBoolean = System("Boolean", ScalarKind.Boolean);
    public static readonly FhirType SystemString = System("String", ScalarKind.Text);
    public static readonly FhirType SystemInteger = System("Integer", ScalarKind.Integer);
    public static readonly FhirType SystemDecimal = System("Decimal", ScalarKind.Decimal);
    public static readonly FhirType SystemDate = System("Date", ScalarKind.Date);
    public static readonly FhirType SystemDateTime = System("DateTime", ScalarKind.DateTime);
    public static readonly FhirType SystemTime = System("Time", ScalarKind.Time);
    public static readonly FhirType SystemQuantity = System("Quantity", ScalarKind.Quantity);

    /// <summary>What <c>type()</c> gives; its value is a <see cref="FhirType"/>.</summary>
    public static readonly FhirType TypeInfo = System("TypeInfo", ScalarKind.None);

    private static readonly FrozenDictionary<string, FhirType> SystemTypes =
        new[] { SystemAny, SystemBoolean, SystemString, SystemInteger, SystemDecimal, SystemDate, SystemDateTime, SystemTime, SystemQuantity }
            .ToFrozenDictionary(type => type.Name);

    private static readonly FrozenDictionary<string, FhirType> Types = Read();
    private static readonly FrozenDictionary<string, FhirType>.AlternateLookup<ReadOnlySpan<char>> TypesBySpan = Types.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The FHIR type or backbone element of this name; null if R4 has none.</summary>
    public static FhirType? Find(string name) => Types.GetValueOrDefault(name);

    /// <summary>The type of a resource by the UTF-8 of its <c>resourceType</c>; null if R4 has none.</summary>
    public static FhirType? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > 100) return null;
        Span<char> text = stackalloc char[name.Length];
        for (var i = 0; i < name.Length; i++) text[i] = (char)name[i];
        return TypesBySpan.TryGetValue(text, out var type) ? type : null;
    }

    /// <summary>The System type of this name; null if there is none.</summary>
    public static FhirType? FindSystem(string name) => SystemTypes.GetValueOrDefault(name);

    /// <summary>R4's <c>Resource</c>: where a resource may stand.</summary>
    public static FhirType Resource { get; } = Types["Resource"];

    /// <summary>R4's <c>Element</c>: what is known of an element that no definition describes.</summary>
    public static FhirType Element { get; } = Types["Element"];

    private static FhirType System(string name, ScalarKind kind) => System(name, kind, SystemAny);

    private static FhirType System(string name, ScalarKind kind, FhirType? parent) => new(name, parent, kind, isSystem: true);

    private static FrozenDictionary<string, FhirType> Read()
    {
        var mappings = ModelInfo.ModelInspector.ClassMappings.Where(IsR4).ToDictionary(mapping => mapping.Name);
        var types = new Dictionary<string, FhirType>();
        foreach (var mapping in mappings.Values) Declare(mapping, mappings, types);
        foreach (var mapping in mappings.Values)
            foreach (var property in mapping.PropertyMappings.Where(property => !property.IsPrimitive))
                types[mapping.Name].Add(ElementOf(property, types));
        foreach (var type in types.Values) type.Freeze();
        return types.ToFrozenDictionary();
    }

    // The SDK's classes also hold its own common ancestors and R5's types.
    private static bool IsR4(ClassMapping mapping) =>
        !mapping.Name.StartsWith("System.", StringComparison.Ordinal)
        && mapping.Name is not ("Base" or "DataType" or "PrimitiveType" or "BackboneType" or "DynamicPrimitive" or "DynamicDataType" or "integer64" or "CodeableReference");

    private static FhirType Declare(ClassMapping mapping, Dictionary<string, ClassMapping> mappings, Dictionary<string, FhirType> types)
    {
        if (types.TryGetValue(mapping.Name, out var known)) return known;
        var parent = Parent(mapping) is { } name ? Declare(mappings[name], mappings, types) : null;
        return types[mapping.Name] = new(mapping.Name, parent, Kind(mapping.Name, parent), mapping.IsFhirPrimitive);
    }

    // R4's primitives specialise each other, the SDK's classes do not.
    private static string? Parent(ClassMapping mapping) => mapping.Name switch
    {
        "code" or "id" or "markdown" => "string",
        "url" or "canonical" or "uuid" or "oid" => "uri",
        "positiveInt" or "unsignedInt" => "integer",
        _ => ModelInfo.ModelInspector.FindClassMapping(mapping.NativeType.BaseType!)?.Name switch
        {
            "DataType" or "PrimitiveType" => "Element",
            "BackboneType" => "BackboneElement",
            "Base" => null,
            var name => name,
        },
    };

    private static ScalarKind Kind(string name, FhirType? parent) => name switch
    {
        "boolean" => ScalarKind.Boolean,
        "integer" => ScalarKind.Integer,
        "decimal" => ScalarKind.Decimal,
        "date" => ScalarKind.Date,
        "dateTime" or "instant" => ScalarKind.DateTime,
        "time" => ScalarKind.Time,
        "Quantity" => ScalarKind.Quantity,
        "string" or "uri" or "base64Binary" or "xhtml" => ScalarKind.Text,
        _ => parent?.Kind ?? ScalarKind.None,
    };

    private static FhirElement ElementOf(PropertyMapping property, Dictionary<string, FhirType> types)
    {
        if (property.Choice != ChoiceType.DatatypeChoice) return new(property.Name, false, [new(property.Name, types[property.PropertyTypeMapping.Name])]);
        var names = property.FhirType.Select(type => ModelInfo.ModelInspector.FindClassMapping(type)!.Name);
        return new(property.Name, true, [.. names.Distinct().Where(types.ContainsKey).Select(type => new FhirMember(property.Name + char.ToUpperInvariant(type[0]) + type[1..], types[type]))]);
    }
}

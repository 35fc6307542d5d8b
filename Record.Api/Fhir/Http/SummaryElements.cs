using System.Collections.Concurrent;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Record.Api.Fhir;

/// <summary>What of an element stays: nothing, all, or what a summary of <paramref name="Of"/> keeps.</summary>
internal readonly record struct Kept(bool Nothing, ClassMapping? Of)
{
    public static Kept None => new(true, null);

    public static Kept All => new(false, null);
}

/// <summary>Which elements belong to a summary: isSummary of the R4 StructureDefinitions, as the SDK's metadata has it.</summary>
internal static class SummaryElements
{
    private static readonly ConcurrentDictionary<(ClassMapping, string), Kept> Known = new();

    /// <summary>What a summary keeps of one member of a type.</summary>
    public static Kept Of(ClassMapping mapping, string name) => Known.TryGetValue((mapping, name), out var kept) ? kept : Remember(mapping, name);

    /// <summary>The element to which a JSON member belongs: <c>valueQuantity</c> to <c>value[x]</c>, <c>_birthDate</c> to <c>birthDate</c>.</summary>
    public static PropertyMapping? Find(ClassMapping mapping, string name)
    {
        var plain = name.StartsWith('_') ? name[1..] : name;
        return mapping.FindMappedElementByName(plain) ?? mapping.FindMappedElementByChoiceName(plain);
    }

    // Names that no type has are not remembered: callers choose them.
    private static Kept Remember(ClassMapping mapping, string name)
    {
        if (Find(mapping, name) is not { } property) return Kept.None;
        var kept = !property.InSummary ? Kept.None : new Kept(false, name.StartsWith('_') ? null : TypeOf(property, name));
        return Known[(mapping, name)] = kept;
    }

    private static ClassMapping? TypeOf(PropertyMapping property, string name)
    {
        var type = property.Choice == ChoiceType.DatatypeChoice ? ModelInfo.ModelInspector.FindClassMapping(name[property.Name.Length..]) : property.PropertyTypeMapping;
        return type is null || type.IsFhirPrimitive || type.IsResource ? null : type;
    }
}

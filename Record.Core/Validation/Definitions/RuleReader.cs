using System.Text.Json;

namespace Record.Core.Validation.Definitions;

/// <summary>Turns the artefact into linked rules.</summary>
internal sealed class RuleReader(JsonElement artefact)
{
    private static readonly Dictionary<string, Special> Specials = new()
    {
        ["Resource"] = Special.AnyResource,
        ["Reference"] = Special.Reference,
        ["Identifier"] = Special.Identifier,
        ["Extension"] = Special.Extension,
    };

    private readonly Dictionary<string, TypeRule> types = [];
    private readonly List<Invariant> invariants = [.. artefact.GetProperty("invariants").EnumerateArray().Select(rule =>
        new Invariant(Text(rule, "key"), Text(rule, "severity") == "error", Text(rule, "expression"), Text(rule, "human")))];
    private readonly Dictionary<string, CodeList> valueSets = artefact.GetProperty("valueSets").EnumerateObject().ToDictionary(
        set => set.Name,
        set => new CodeList(set.Name, [.. set.Value.EnumerateObject().Select(system => KeyValuePair.Create(system.Name, system.Value.EnumerateArray().Select(code => code.GetString()!).ToArray()))]));

    public R4 Read()
    {
        foreach (var type in artefact.GetProperty("types").EnumerateObject()) types[type.Name] = Declare(type.Name, type.Value);
        types["element-id"] = new TypeRule("string") { Primitive = Primitive.ElementId };
        foreach (var type in artefact.GetProperty("types").EnumerateObject()) Fill(types[type.Name], type.Value);
        return new R4
        {
            Types = types,
            Resources = R4.Names(types.Values.Where(type => type.IsResource && type.Special != Special.AnyResource && type.Name != "DomainResource"), type => type.Name),
            Element = types["Element"],
            ValueSets = valueSets,
        };
    }

    private static TypeRule Declare(string name, JsonElement source)
    {
        var kind = Text(source, "kind");
        return new TypeRule(name)
        {
            Primitive = kind == "primitive-type" ? Enum.Parse<Primitive>(name, ignoreCase: true) : Primitive.None,
            Special = Specials.GetValueOrDefault(name),
            IsResource = kind == "resource",
        };
    }

    private void Fill(TypeRule type, JsonElement source)
    {
        if (type.Primitive != Primitive.None) return;
        var elements = source.GetProperty("elements").EnumerateArray().Select((element, number) => Element(type, element, number)).ToList();
        type.Elements = elements;
        type.Required = elements.Where(element => element.Min > 0).Aggregate(0UL, (bits, element) => bits | element.Bit);
        type.Number();
        var rules = Numbers(source).Select(number => invariants[number].For(elements)).Where(rule => !NativeRules.IsKeptByTheWalk(rule)).ToList();
        type.Errors = [.. rules.Where(rule => rule.IsError)];
        type.Warnings = [.. rules.Where(rule => !rule.IsError)];
        var properties = elements.SelectMany(Properties).ToList();
        if (type.IsResource)
        {
            var resourceType = new ElementRule("resourceType", elements.Count, 0, false, false);
            type.ResourceTypeBit = resourceType.Bit;
            properties.Add(new(resourceType, types["string"], "resourceType", false) { IsResourceType = true });
        }

        type.Properties = R4.Names(properties, property => property.JsonName);
    }

    private ElementRule Element(TypeRule owner, JsonElement source, int number)
    {
        var name = Text(source, "n");
        var choice = name.EndsWith("[x]", StringComparison.Ordinal);
        var valueSet = source.TryGetProperty("vs", out var bound) ? bound.GetString()! : null;
        return new(choice ? name[..^3] : name, number, source.TryGetProperty("min", out var min) ? min.GetInt32() : 0, source.TryGetProperty("max", out _), choice)
        {
            Types = [.. Strings(source, "t").Select(type => owner.IsResource && name == "id" ? types["id"] : types[type])],
            Targets = [.. Strings(source, "to").Select(type => types[type])],
            Codes = valueSet is not null ? valueSets.GetValueOrDefault(valueSet) : null,
            IsCurrency = valueSet == "http://hl7.org/fhir/ValueSet/currencies",
            Invariants = [.. Numbers(source).Select(rule => invariants[rule].For([])).Where(rule => rule.IsError && !NativeRules.IsKeptByTheWalk(rule))],
        };
    }

    private static IEnumerable<Property> Properties(ElementRule element)
    {
        for (byte number = 0; number < element.Types.Count; number++)
        {
            var type = element.Types[number];
            var name = element.Choice ? element.Name + char.ToUpperInvariant(type.Name[0]) + type.Name[1..] : element.Name;
            yield return new(element, type, name, false) { TypeNumber = number };
            if (type.Primitive is Primitive.None or Primitive.ElementId) continue;
            element.PrimitiveNames = [.. element.PrimitiveNames, name];
            yield return new(element, type, "_" + name, true) { TypeNumber = number };
        }
    }

    private static IEnumerable<string> Strings(JsonElement source, string name) =>
        source.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(item => item.GetString()!) : [];

    private static IEnumerable<int> Numbers(JsonElement source) =>
        source.TryGetProperty("inv", out var list) ? list.EnumerateArray().Select(item => item.GetInt32()) : [];

    private static string Text(JsonElement source, string name) => source.GetProperty(name).GetString()!;
}

using System.Text.Json;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Terms;

/// <summary>A path of element names, walked depth first without lists between the steps.</summary>
/// <param name="start">Where it starts; null for <c>$this</c>.</param>
/// <param name="root">A leading type name (<c>Patient.name</c>), which keeps only items of that type.</param>
/// <param name="steps">The names.</param>
internal sealed class MemberPath(Term? start, FhirType? root, MemberStep[] steps)
{
    public Term ToTerm() => Term.Of((run, into) => Run(run, into), run => Run(run, null));

    // Adds what it finds to the list; without a list, true at the first item.
    private bool Run(Evaluation run, NodeList? into)
    {
        if (start is null) return !run.This.IsNone && IsRoot(run, run.This) && Walk(run, run.This, 0, into);

        var list = run.Rent();
        start.Collect(run, list);
        var found = false;
        for (var i = 0; i < list.Count && !found; i++) found = Walk(run, list[i], 0, into);
        run.Return(list);
        return found;
    }

    private bool IsRoot(Evaluation run, in FhirPathNode node)
    {
        if (root is null || node.Type.Is(root)) return true;
        return run.Environment.Strict ? throw new FhirPathException($"The context is a {node.TypeName}, not a {root.Name}.") : false;
    }

    private bool Walk(Evaluation run, in FhirPathNode node, int step, NodeList? into)
    {
        if (step == steps.Length)
        {
            into?.Add(node);
            return into is null;
        }

        run.Spend();
        var type = node.Type;
        if (steps[step].Find(type) is not { } element) return Undefined(run, node, step, into);
        var owner = type.IsPrimitive ? node.Extras : node.Element;
        if (owner.ValueKind != JsonValueKind.Object) return false;
        return element.IsChoice ? WalkChoice(run, owner, element, step, into) : WalkMember(run, owner, element.Members[0], step, into);
    }

    private bool WalkMember(Evaluation run, JsonElement owner, FhirMember member, int step, NodeList? into)
    {
        if (owner.TryGetProperty(member.Utf8Name, out var value)) return WalkValues(run, owner, member, value, step, into);
        return member.Type.IsPrimitive && owner.TryGetProperty(member.Utf8Extras, out var extras) && WalkExtras(run, owner, member, extras, step, into);
    }

    private bool WalkChoice(Evaluation run, JsonElement owner, FhirElement element, int step, NodeList? into)
    {
        foreach (var property in owner.EnumerateObject())
        {
            var name = Children.NameOf(property);
            var extras = name.StartsWith("_"u8);
            if (extras) name = name[1..];
            if (!name.StartsWith(element.Utf8Name) || element.Choose(name) is not { } member) continue;
            if (!extras) return WalkValues(run, owner, member, property.Value, step, into);
            if (!owner.TryGetProperty(member.Utf8Name, out _) && member.Type.IsPrimitive) return WalkExtras(run, owner, member, property.Value, step, into);
        }

        return false;
    }

    private bool WalkValues(Evaluation run, JsonElement owner, FhirMember member, JsonElement value, int step, NodeList? into)
    {
        if (value.ValueKind != JsonValueKind.Array) return Next(run, FhirPathNode.OfMember(value, owner, member, -1), step, into);

        var index = 0;
        foreach (var item in value.EnumerateArray())
            if (Next(run, FhirPathNode.OfMember(item, owner, member, index++), step, into)) return true;
        return false;
    }

    private bool WalkExtras(Evaluation run, JsonElement owner, FhirMember member, JsonElement extras, int step, NodeList? into)
    {
        if (extras.ValueKind == JsonValueKind.Object) return Walk(run, FhirPathNode.OfMember(default, owner, member, -1), step + 1, into);
        if (extras.ValueKind != JsonValueKind.Array) return false;

        for (var i = 0; i < extras.GetArrayLength(); i++)
            if (Next(run, FhirPathNode.OfMember(default, owner, member, i), step, into)) return true;
        return false;
    }

    // A null holds the place of a primitive that has extensions only; without them there is nothing.
    private bool Next(Evaluation run, in FhirPathNode node, int step, NodeList? into) =>
        (node.Element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) || node.Extras.ValueKind == JsonValueKind.Object) && Walk(run, node, step + 1, into);

    private bool WalkUnknown(Evaluation run, JsonElement value, int step, NodeList? into)
    {
        if (value.ValueKind != JsonValueKind.Array) return Walk(run, FhirPathNode.OfUnknown(value), step + 1, into);

        foreach (var item in value.EnumerateArray())
            if (Walk(run, FhirPathNode.OfUnknown(item), step + 1, into)) return true;
        return false;
    }

    private bool Undefined(Evaluation run, in FhirPathNode node, int step, NodeList? into)
    {
        var name = steps[step].Name;
        if (node.Computed is FhirType about && name is "name" or "namespace")
            return Walk(run, FhirPathNode.OfValue(name == "name" ? about.ShownName : about.IsSystem ? "System" : "FHIR"), step + 1, into);
        if (ReferenceEquals(node.Type, FhirTypes.Element) && node.Element.ValueKind == JsonValueKind.Object && node.Element.TryGetProperty(name, out var value))
            return WalkUnknown(run, value, step, into);
        return run.Environment.Strict ? throw new FhirPathException($"A {node.TypeName} has no element {name}.") : false;
    }
}

/// <summary>One name of a path, with what it meant at the type it met last.</summary>
internal sealed class MemberStep(string name)
{
    private Meaning last = new(FhirTypes.TypeInfo, null);

    public string Name { get; } = name;

    public FhirElement? Find(FhirType type)
    {
        var known = last;
        if (!ReferenceEquals(known.Type, type)) last = known = new(type, type.Find(Name));
        return known.Element;
    }

    private sealed record Meaning(FhirType Type, FhirElement? Element);
}

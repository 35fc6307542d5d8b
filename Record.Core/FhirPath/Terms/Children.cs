using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Terms;

/// <summary>All elements directly below an item, in the order of the JSON.</summary>
internal static class Children
{
    public static void Collect(Evaluation run, in FhirPathNode node, NodeList into)
    {
        var type = node.Type;
        var owner = type.IsPrimitive ? node.Extras : node.Element;
        if (owner.ValueKind != JsonValueKind.Object) return;

        foreach (var property in owner.EnumerateObject())
        {
            run.Spend();
            var name = NameOf(property);
            if (name.StartsWith("_"u8)) AddExtras(owner, type.FindMember(name[1..]), property.Value, into);
            else if (type.FindMember(name) is { } member) AddValues(owner, member, property.Value, into);
            else if (!name.SequenceEqual("resourceType"u8)) AddUnknown(property.Value, into);
        }
    }

    /// <summary>Adds everything below an item, at any depth.</summary>
    public static void CollectAll(Evaluation run, in FhirPathNode node, NodeList into)
    {
        var next = into.Count;
        Collect(run, node, into);
        for (; next < into.Count; next++)
        {
            var item = into[next];
            Collect(run, item, into);
        }
    }

    /// <summary>A property's name without a copy, unless it is written with escapes.</summary>
    public static ReadOnlySpan<byte> NameOf(JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(property.Name) : raw;
    }

    private static void AddValues(JsonElement owner, FhirMember member, JsonElement value, NodeList into)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(FhirPathNode.OfMember(value, owner, member, -1), into);
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray()) Add(FhirPathNode.OfMember(item, owner, member, index++), into);
    }

    private static void AddExtras(JsonElement owner, FhirMember? member, JsonElement extras, NodeList into)
    {
        if (member is not { Type.IsPrimitive: true } || owner.TryGetProperty(member.Utf8Name, out _)) return; // came with its value
        if (extras.ValueKind == JsonValueKind.Object) into.Add(FhirPathNode.OfMember(default, owner, member, -1));
        for (var i = 0; extras.ValueKind == JsonValueKind.Array && i < extras.GetArrayLength(); i++) Add(FhirPathNode.OfMember(default, owner, member, i), into);
    }

    private static void AddUnknown(JsonElement value, NodeList into)
    {
        if (value.ValueKind != JsonValueKind.Array) into.Add(FhirPathNode.OfUnknown(value));
        else foreach (var item in value.EnumerateArray()) into.Add(FhirPathNode.OfUnknown(item));
    }

    private static void Add(in FhirPathNode node, NodeList into)
    {
        if (node.Element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) || node.Extras.ValueKind == JsonValueKind.Object) into.Add(node);
    }
}

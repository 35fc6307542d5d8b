using System.Text;

namespace Record.Core.FhirPath.Types;

/// <summary>An element of a type, with the JSON properties it may stand in: one, or one per type of a choice.</summary>
internal sealed class FhirElement(string name, bool isChoice, IReadOnlyList<FhirMember> members)
{
    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public bool IsChoice { get; } = isChoice;

    public IReadOnlyList<FhirMember> Members { get; } = members;

    /// <summary>The member of a choice that stands in a JSON property of this name.</summary>
    public FhirMember? Choose(ReadOnlySpan<byte> json)
    {
        foreach (var member in Members)
            if (json.SequenceEqual(member.Utf8Name)) return member;
        return null;
    }
}

/// <summary>A JSON property: <c>valueString</c>, its sibling <c>_valueString</c>, and the type of what it holds.</summary>
internal sealed class FhirMember(string name, FhirType type)
{
    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public byte[] Utf8Extras { get; } = Encoding.UTF8.GetBytes("_" + name);

    public FhirType Type { get; } = type;
}

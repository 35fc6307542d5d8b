using System.Collections.Frozen;

namespace Record.Core.FhirPath.Types;

/// <summary>A FHIR type, a backbone element (by its path) or a System type, as expressions see it.</summary>
internal sealed class FhirType(string name, FhirType? parent, ScalarKind kind, bool isPrimitive = false, bool isSystem = false)
{
    private readonly Dictionary<string, FhirElement> elements = [];
    private readonly Dictionary<string, FhirMember> members = [];
    private FrozenDictionary<string, FhirMember>.AlternateLookup<ReadOnlySpan<char>> membersBySpan;

    public string Name { get; } = name;

    public FhirType? Parent { get; } = parent;

    public ScalarKind Kind { get; } = kind;

    public bool IsPrimitive { get; } = isPrimitive;

    public bool IsSystem { get; } = isSystem;

    /// <summary>The name that <c>type()</c> gives: a backbone element has no name of its own.</summary>
    public string ShownName => Name.Contains('.', StringComparison.Ordinal) && Parent is not null ? Parent.Name : Name;

    /// <summary>The name with <c>System.</c> where it is one.</summary>
    public string FullName => IsSystem ? "System." + Name : Name;

    /// <summary>Whether this is the other type or one of its specialisations.</summary>
    public bool Is(FhirType other)
    {
        for (var type = this; type is not null; type = type.Parent)
            if (ReferenceEquals(type, other)) return true;
        return false;
    }

    /// <summary>The element of this name (<c>value</c>, not <c>valueString</c>).</summary>
    public FhirElement? Find(string element) => elements.GetValueOrDefault(element);

    /// <summary>What a JSON property of this name holds.</summary>
    public FhirMember? FindMember(ReadOnlySpan<byte> json)
    {
        if (json.Length > 100 || elements.Count == 0) return null;
        Span<char> name = stackalloc char[json.Length];
        for (var i = 0; i < json.Length; i++) name[i] = (char)json[i]; // names of elements are ASCII
        return membersBySpan.TryGetValue(name, out var member) ? member : null;
    }

    /// <summary>Adds an element; only while the tables are built.</summary>
    public void Add(FhirElement element)
    {
        elements[element.Name] = element;
        foreach (var member in element.Members) members[member.Name] = member;
    }

    /// <summary>Ends the adding.</summary>
    public void Freeze() => membersBySpan = members.ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();
}

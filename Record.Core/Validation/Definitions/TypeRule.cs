namespace Record.Core.Validation.Definitions;

/// <summary>The primitive types of R4, and none for complex ones.</summary>
internal enum Primitive : byte
{
    None,
    Boolean,
    Integer,
    PositiveInt,
    UnsignedInt,
    Decimal,
    String,
    Markdown,
    Code,
    Id,
    ElementId,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Date,
    DateTime,
    Instant,
    Time,
    Base64Binary,
    Xhtml,
}

/// <summary>Complex types with rules of their own in code.</summary>
internal enum Special : byte
{
    None,

    /// <summary>Any resource: which one is said by its resourceType.</summary>
    AnyResource,
    Reference,
    Identifier,
    Extension,
}

/// <summary>What may stand in one type, or in one backbone element.</summary>
internal sealed class TypeRule(string name)
{
    /// <summary>Observation, Quantity, string, Observation.component.</summary>
    public string Name { get; } = name;

    public Primitive Primitive { get; init; }

    public Special Special { get; init; }

    public bool IsResource { get; init; }

    public IReadOnlyList<ElementRule> Elements { get; set; } = [];

    /// <summary>Every JSON name that may occur: <c>valueQuantity</c> and <c>_birthDate</c> too.</summary>
    public Utf8Names<Property> Properties { get; set; } = new([]);

    /// <summary>Bits of the elements that must be there.</summary>
    public ulong Required { get; set; }

    /// <summary>The bit of resourceType, which is no element.</summary>
    public ulong ResourceTypeBit { get; set; }

    /// <summary>Invariants whose breach refuses the resource, but those that the walk checks itself.</summary>
    public Invariant[] Errors { get; set; } = [];

    /// <summary>Best practice, which only <c>$validate</c> speaks of.</summary>
    public Invariant[] Warnings { get; set; } = [];

    public ulong IdBit { get; private set; }

    public ulong ExtensionBit { get; private set; }

    public ulong ValueBit { get; private set; }

    public ulong ContainedBit { get; private set; }

    /// <summary>Notes the bits that the walk asks for by name.</summary>
    public void Number()
    {
        ulong Bit(string name) => Elements.FirstOrDefault(element => element.Name == name)?.Bit ?? 0;
        (IdBit, ExtensionBit, ValueBit, ContainedBit) = (Bit("id"), Bit("extension"), Bit("value"), Bit("contained"));
    }
}

/// <summary>One child of a type; its number is its bit in the masks.</summary>
internal sealed record ElementRule(string Name, int Number, int Min, bool Many, bool Choice)
{
    public IReadOnlyList<TypeRule> Types { get; init; } = [];

    /// <summary>Types that a Reference may point to; empty where any will do.</summary>
    public IReadOnlyList<TypeRule> Targets { get; init; } = [];

    /// <summary>The codes that are allowed; null where the binding is not required, or its codes are not listed.</summary>
    public CodeList? Codes { get; init; }

    /// <summary>A value set without a list, whose codes follow a grammar.</summary>
    public bool IsCurrency { get; init; }

    /// <summary>Invariants of the element beyond those of its type.</summary>
    public Invariant[] Invariants { get; init; } = [];

    /// <summary>The JSON names of its primitive types, without underscore.</summary>
    public IReadOnlyList<string> PrimitiveNames { get; set; } = [];

    public ulong Bit { get; } = Number < 64 ? 1UL << Number : throw new NotSupportedException("A type has more than 64 elements.");
}

/// <summary>One JSON name: an element in one of its types, or the extras of a primitive (<c>_status</c>).</summary>
internal sealed record Property(ElementRule Element, TypeRule Type, string JsonName, bool IsExtras)
{
    /// <summary>As an expression writes it: without the underscore.</summary>
    public string PathName { get; } = IsExtras ? JsonName[1..] : JsonName;

    public bool IsResourceType { get; init; }

    /// <summary>Which of the element's types it is.</summary>
    public byte TypeNumber { get; init; }
}

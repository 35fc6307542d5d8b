namespace Record.Core;

/// <summary>The policy as its file says it: <c>config/access/policy.yaml</c>.</summary>
internal sealed class AccessPolicy
{
    /// <summary>Content class and the resource types in it.</summary>
    public Dictionary<string, List<string>> Classes { get; init; } = [];

    /// <summary>Codes that put a resource into another class.</summary>
    public List<PolicyKind> Kinds { get; init; } = [];

    /// <summary>Classes of sealed content.</summary>
    public List<PolicyLabel> Seals { get; init; } = [];

    /// <summary>Classes of hidden content.</summary>
    public List<PolicyLabel> Hidden { get; init; } = [];

    /// <summary>People whose whereabouts are withheld.</summary>
    public PolicyRestriction Restricted { get; init; } = new();

    /// <summary>What each role sees.</summary>
    public Dictionary<string, PolicyRole> Roles { get; init; } = [];

    /// <summary>Kinds of facts and how long a relationship follows of them.</summary>
    public Dictionary<string, PolicyPeriod> Relationships { get; init; } = [];

    /// <summary>Opening with a reason.</summary>
    public PolicyBreakGlass BreakGlass { get; init; } = new();
}

/// <summary>A code that puts a resource of a type into a class.</summary>
internal sealed class PolicyKind
{
    public string Type { get; init; } = "";

    public string Parameter { get; init; } = "";

    public string Code { get; init; } = "";

    public string Class { get; init; } = "";
}

/// <summary>A class of protected content and the labels that say so.</summary>
internal sealed class PolicyLabel
{
    public string Code { get; init; } = "";

    public int Bit { get; init; }

    public string Name { get; init; } = "";

    public List<string> Labels { get; init; } = [];
}

/// <summary>Which label restricts a person, and which types are then withheld whole.</summary>
internal sealed class PolicyRestriction
{
    public List<string> Labels { get; init; } = [];

    public List<string> WithheldTypes { get; init; } = [];
}

/// <summary>What one role sees.</summary>
internal sealed class PolicyRole
{
    /// <summary><c>needed</c> or <c>not-needed</c>.</summary>
    public string Relationship { get; init; } = "needed";

    /// <summary>Setting of the content, class, and <c>open</c>, <c>sealed</c> or <c>not</c>.</summary>
    public Dictionary<string, Dictionary<string, string>> Cells { get; init; } = [];

    /// <summary>Seals that do not hold for it.</summary>
    public List<string> Opens { get; init; } = [];
}

/// <summary>Days before, after, and while nobody ends it.</summary>
internal sealed class PolicyPeriod
{
    public int Before { get; init; }

    public int After { get; init; }

    public int Open { get; init; }
}

/// <summary>How long a reason opens, and how often is too often.</summary>
internal sealed class PolicyBreakGlass
{
    public int Hours { get; init; } = 4;

    public int SealHours { get; init; } = 1;

    public double AlarmPerThousand { get; init; } = 20;
}

/// <summary>A team that serves another organisation's places: <c>config/access/arrangements.yaml</c>.</summary>
internal sealed class ServiceArrangement
{
    public string Team { get; init; } = "";

    public List<string> Serves { get; init; } = [];

    public List<string> For { get; init; } = [];
}

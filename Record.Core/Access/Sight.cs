namespace Record.Core;

/// <summary>What one caller may see, as values that statements compare with: compiled from the caller and the policy, never stored.</summary>
internal sealed class Sight
{
    /// <summary>One of our own processes: everything.</summary>
    public static Sight Everything { get; } = new() { All = true };

    /// <summary>Nothing that belongs to patients.</summary>
    public static Sight Nothing { get; } = new();

    /// <summary>No condition at all.</summary>
    public bool All { get; private init; }

    /// <summary>Whether resources that belong to patients may be seen.</summary>
    public bool Patients { get; init; }

    /// <summary>Granted without any fact: a relationship where the role needs none.</summary>
    public long Assumed { get; init; }

    /// <summary>Whose facts count for the caller: organisations, teams, the user, and whoever asks.</summary>
    public string[] Parties { get; init; } = [];

    /// <summary>The same in one text, line by line.</summary>
    public string PartiesText { get; init; } = "";

    /// <summary>Bits of guards that are withheld.</summary>
    public long Denied { get; init; }

    /// <summary>Sources of the caller's own organisation.</summary>
    public int[] OwnSources { get; init; } = [];

    /// <summary>Sources of others whose sharing agreement is not in force.</summary>
    public int[] ClosedSources { get; init; } = [];

    /// <summary>The own sources in one text.</summary>
    public string OwnSourcesText { get; init; } = "";

    /// <summary>The closed sources in one text.</summary>
    public string ClosedSourcesText { get; init; } = "";

    /// <summary>Organisation that a person whom the caller registers becomes known to; empty for none.</summary>
    public string Organisation { get; init; } = "";

    /// <summary>Whether resources of any type that are about no patient may be seen; else only those that hold no patient's data.</summary>
    public bool Unattached { get; init; }

    /// <summary>Whether the caller writes only about persons with whom it has a relationship.</summary>
    public bool WritesByRelationship => Patients && Assumed == 0;

    /// <summary>Bits that are withheld of a record about which this is granted; all where there is no way in.</summary>
    public long Withheld(long granted)
    {
        granted |= Assumed;
        if (All) return 0;
        if ((granted & Guard.Opens) == 0) return -1;
        return (Denied & ~(granted & Guard.Openable))
            | ((granted & Guard.Restricted) != 0 ? Guard.Whereabouts : 0)
            | ((granted & (Guard.Objects | Guard.BreakGlass)) == Guard.Objects ? Guard.Foreign : 0);
    }
}

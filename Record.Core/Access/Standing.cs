namespace Record.Core;

/// <summary>A class of items that are withheld from a caller, and how many there are.</summary>
/// <param name="Seal">Code of the class, by which it is opened.</param>
/// <param name="Name">For people.</param>
/// <param name="Count">Items.</param>
public sealed record Withheld(string Seal, string Name, long Count);

/// <summary>How a caller stands to a person.</summary>
/// <param name="MayOpen">Whether there is a way in: a relationship, or break-glass.</param>
/// <param name="ByBreakGlass">Whether it is break-glass alone.</param>
/// <param name="Restricted">Whether the person's whereabouts are withheld.</param>
/// <param name="Objects">Whether the person objects to sharing between organisations.</param>
/// <param name="Withheld">What a reason opens, by class.</param>
public sealed record Standing(bool MayOpen, bool ByBreakGlass, bool Restricted, bool Objects, IReadOnlyList<Withheld> Withheld);

/// <summary>Something that was opened with a reason.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Until">Until when.</param>
/// <param name="User">Who.</param>
/// <param name="Role">In which role.</param>
/// <param name="Organisation">Whose staff.</param>
/// <param name="Holders">Whose record.</param>
/// <param name="Patient">Id of the source Patient named.</param>
/// <param name="Seal">Null: the record; else the class of withheld items.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReviewedBy">Who has looked at it.</param>
/// <param name="ReviewedAt">When.</param>
/// <param name="Finding">What they found.</param>
public sealed record BreakGlass(
    Guid Id, DateTimeOffset At, DateTimeOffset Until, string User, string Role, string Organisation, IReadOnlyList<string> Holders, string Patient, string? Seal, string Reason,
    string? ReviewedBy, DateTimeOffset? ReviewedAt, string? Finding);

/// <summary>Break-glass against opened records.</summary>
/// <param name="BreakGlass">How often a record was opened with a reason alone.</param>
/// <param name="Opens">How often a record was opened.</param>
/// <param name="PerThousand">The rate; null if nothing was opened.</param>
/// <param name="AlarmFrom">From which rate the relationships are wrong.</param>
public sealed record BreakGlassRate(long BreakGlass, long Opens, double? PerThousand, double AlarmFrom)
{
    /// <summary>Whether the rate is too high.</summary>
    public bool IsAlarm => PerThousand >= AlarmFrom;
}

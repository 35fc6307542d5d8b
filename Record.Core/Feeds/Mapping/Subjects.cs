namespace Record.Core.Feeds.Mapping;

/// <summary>Something that a message is about, beside its own patient and visit.</summary>
internal readonly record struct Subject(string Source, string Kind, string Key, long Message)
{
    /// <summary>The second patient of a bed swap.</summary>
    public const string OtherPatient = "patient";

    /// <summary>The second visit of a bed swap, or a visit of a moved account.</summary>
    public const string OtherVisit = "visit";

    /// <summary>The account of a visit that has a number of its own.</summary>
    public const string Account = "account";

    /// <summary>An account that was moved to another patient.</summary>
    public const string MovedAccount = "account-move";

    /// <summary>Everything that a message is about.</summary>
    public static IEnumerable<Subject> Of(Reading reading)
    {
        Subject About(string kind, string key) => new(reading.Source.Code, kind, key, reading.Id);
        foreach (var family in Families.All)
            foreach (var key in family.Keys(reading).Distinct()) yield return About(family.Kind, key);
        var message = reading.Message;
        if (reading.Type != "ADT") yield break;
        var account = message.Segment("PID").Field(18).Text;
        if (reading.Trigger == "A17" && message.Segment("PID", 2).Exists)
        {
            if (SourcePatients.LocalId(message.Segment("PID", 2).Field(3), reading.Source) is { } other) yield return About(OtherPatient, other);
            if (Visits.Key(message, 2) is { Length: > 0 and <= 100 } visit) yield return About(OtherVisit, visit);
        }
        else if (reading.Trigger == "A44" && (message.Segment("MRG").Field(3).Text is { Length: > 0 } prior ? prior : account) is { Length: > 0 and <= 100 } moved)
            yield return About(MovedAccount, moved);
        else if (reading.Stored.VisitKey is { } own && account.Length is > 0 and <= 100 && account != own) yield return About(Account, account);
    }
}

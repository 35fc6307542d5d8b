namespace Record.Core.Identity.Stewards;

/// <summary>A question in the stewards' queue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="First">One source patient.</param>
/// <param name="Second">The other.</param>
/// <param name="Weight">The logarithm (base 2) of the odds that both are one person.</param>
/// <param name="Reason">Why it is asked: a stable word.</param>
/// <param name="State"><c>open</c>, <c>linked</c>, <c>kept-apart</c>, <c>withdrawn</c>.</param>
/// <param name="RaisedAt">Since when.</param>
public sealed record Review(Guid Id, string First, string Second, double Weight, string Reason, string State, DateTimeOffset RaisedAt);

/// <summary>A source patient that may be two people.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Patient">The source patient.</param>
/// <param name="VersionBefore">The version of the Patient that was one person's.</param>
/// <param name="VersionAfter">The version that looks like another's.</param>
/// <param name="PersonBefore">The person it was.</param>
/// <param name="State"><c>open</c>, <c>one-person</c>, <c>two-people</c>.</param>
/// <param name="RaisedAt">Since when.</param>
public sealed record OverlayCase(Guid Id, string Patient, int VersionBefore, int VersionAfter, Guid PersonBefore, string State, DateTimeOffset RaisedAt);

/// <summary>A decision, kept for good.</summary>
public sealed record Decision(Guid Id, DateTimeOffset At, string Kind, Guid? Review, Guid? Overlay, Guid? Undoes, string By, string Organisation, string Reason, IReadOnlyList<MovedLink> Moved)
{
    /// <summary>Whether another decision has undone it.</summary>
    public bool IsUndone { get; init; }

    /// <summary>The record it is about; a number or a version where it is about one.</summary>
    public string? First { get; init; }

    /// <summary>And the other.</summary>
    public string? Second { get; init; }
}

/// <summary>A link that a decision moved.</summary>
public sealed record MovedLink(string Patient, Guid From, Guid To, string Method);

/// <summary>What a source patient says of somebody, as a steward sees it.</summary>
public sealed record PatientSeen(
    string Id, string Source, string Organisation, string? LocalId, string? Name, string? BirthDate, string? Gender, string? NhsNumber, string? NhsNumberStatus,
    string? Address, string? Phone, bool Restricted, bool Simulated, Guid? Person, int RecordsOfPerson);

/// <summary>A field of a pair.</summary>
public sealed record FieldSeen(string Field, string Level, double Weight);

/// <summary>A line of the queue.</summary>
public sealed record QueueLine(Guid Id, string Kind, double? Weight, string Reason, DateTimeOffset RaisedAt, PatientSeen First, PatientSeen? Second);

/// <summary>The queue: the likeliest first.</summary>
/// <param name="Lines">What is open.</param>
/// <param name="More">Whether there is more than is shown.</param>
/// <param name="Elsewhere">Questions between records of other organisations only, which their stewards see.</param>
/// <param name="Crowded">Records with a group too large to be compared in: narrower comparisons were made.</param>
/// <param name="WeightsVersion">Which weights are in use; 0: what the product comes with.</param>
/// <param name="Decided">The latest decisions of this organisation's stewards.</param>
public sealed record OpenQuestions(IReadOnlyList<QueueLine> Lines, bool More, long Elsewhere, long Crowded, int WeightsVersion, IReadOnlyList<Decision> Decided);

/// <summary>A question side by side.</summary>
public sealed record Pair(Review Review, PatientSeen First, PatientSeen Second, IReadOnlyList<FieldSeen> Fields, double Prior, IReadOnlyList<Decision> Decisions);

/// <summary>A record that may be two people, before and after.</summary>
public sealed record OverlaySeen(OverlayCase Case, PatientSeen Before, PatientSeen After, IReadOnlyList<FieldSeen> Fields, IReadOnlyList<Decision> Decisions);

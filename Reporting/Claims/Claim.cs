namespace Reporting.Claims;

/// <summary>How far a claim can be relied on. Shown in words, never by colour alone.</summary>
internal enum ClaimStatus
{
    Target,
    Provisional,
    Confirmed,
    Superseded,
    Disputed,
    Unconfirmed,
    AskedAndNotAnswered,
}

/// <summary>What a document's own publisher says of it.</summary>
internal enum DocumentStatus
{
    Unknown,
    Draft,
    Current,
    OutOfDate,
    OutOfDateUnspecified,
}

/// <summary>A document in which somebody stated something.</summary>
internal sealed record ClaimDocument(
    string Id, string Title, string Publisher, string Date, string? Reference, bool SecondHand, DocumentStatus Status, string? StatusNote);

/// <summary>
/// What somebody else stated. The value is text, as stated: there is nothing here that could be added up. Whether two claims
/// may be compared at all is answered by <see cref="ClaimComparison"/>.
/// </summary>
internal sealed record Claim(
    string Id, string Topic, string Statement, string Value, string? Measures, ClaimDocument Document,
    IReadOnlyList<ClaimDocument> AlsoIn, string Place, string StatedBy, DateOnly Learned, ClaimStatus Status,
    string? Supersedes, string? SupersededBy, string? Note)
{
    /// <summary>Whether a document it rests on is out of date, at least in part.</summary>
    public bool RestsOnOutdatedDocument =>
        AlsoIn.Append(Document).Any(d => d.Status is DocumentStatus.OutOfDate or DocumentStatus.OutOfDateUnspecified);
}

/// <summary>Claims that stand side by side on a page, and why they are not made into one number.</summary>
internal sealed record ClaimsBeside(string Title, IReadOnlyList<Claim> Claims, string Reason);

/// <summary>All claims of the programme.</summary>
internal sealed record ClaimRegister(
    IReadOnlyList<Claim> Claims, IReadOnlyList<ClaimDocument> Documents, IReadOnlyList<ClaimsBeside> Besides);

internal static class ClaimWords
{
    public static string Text(this ClaimStatus status) => status switch
    {
        ClaimStatus.AskedAndNotAnswered => "asked and not answered",
        _ => status.ToString().ToLowerInvariant(),
    };

    public static string Text(this DocumentStatus status) => status switch
    {
        DocumentStatus.OutOfDate => "out of date",
        DocumentStatus.OutOfDateUnspecified => "out of date, without saying which parts",
        _ => status.ToString().ToLowerInvariant(),
    };
}

namespace Record.Core;

/// <summary>Why a record is not opened. Sentences never hold patient data.</summary>
public static class AccessErrors
{
    /// <summary>No fact says that the caller has to do with the person.</summary>
    public static RecordError NoRelationship { get; } = new(
        ErrorKind.Forbidden, "access.relationship", "You have no relationship with this person. If you need the record now, open it under break-glass with a reason.");

    /// <summary>Break-glass without a reason.</summary>
    public static RecordError WhyMissing { get; } = new(ErrorKind.Unprocessable, "access.reason", "Say why you need to open this, in at least ten letters.");

    /// <summary>Break-glass of nobody.</summary>
    public static RecordError NotAPatient { get; } = new(ErrorKind.Unprocessable, "access.patient", "Name the person as Patient/ID.");

    /// <summary>Not a class that the caller may open.</summary>
    public static RecordError UnknownSeal { get; } = new(ErrorKind.Unprocessable, "access.seal", "There is no such class of withheld items that your role may open.");

    /// <summary>The role treats nobody.</summary>
    public static RecordError NotClinical { get; } = new(ErrorKind.Forbidden, "access.role", "Only roles that treat patients open records under break-glass.");

    /// <summary>A deletion while a legal hold stands.</summary>
    public static RecordError Held { get; } = new(ErrorKind.Conflict, "access.legal-hold", "A legal hold stands: nothing of this is deleted.");

    /// <summary>A release before a review, or a second one.</summary>
    public static RecordError NotReviewed { get; } = new(ErrorKind.Conflict, "access.not-reviewed", "This has not been reviewed, or has been released before.");

    /// <summary>A sort by where people are.</summary>
    public static RecordError SortedByWhereabouts { get; } = new(
        ErrorKind.Invalid, "access.sort", "People are not sorted by address, telephone or practice.") { Issue = "not-supported" };
}

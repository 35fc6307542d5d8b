namespace Record.Core.Audit.Reading;

/// <summary>One access to one patient's data, as a reader of the audit sees it: a row that touched three patients is three of them.</summary>
/// <param name="Row">Id of the row.</param>
/// <param name="Place">Which of the row's patients, from 1; 0: it touched none.</param>
/// <param name="Patient">The source patient.</param>
/// <param name="At">When.</param>
/// <param name="Request">Id of the request.</param>
/// <param name="Actor">User, or the program itself.</param>
/// <param name="Role">In which role.</param>
/// <param name="Organisation">For which organisation.</param>
/// <param name="Purpose">HL7 v3 PurposeOfUse.</param>
/// <param name="Client">The program.</param>
/// <param name="Network">Network address that it came from.</param>
/// <param name="Action">C, R, U, D or E.</param>
/// <param name="Interaction">What was done.</param>
/// <param name="ResourceType">Type touched, if one.</param>
/// <param name="ResourceId">Id touched, if one.</param>
/// <param name="Query">The question.</param>
/// <param name="Outcome"><c>success</c>, or the code of the error.</param>
public sealed record AuditSeen(
    long Row, int Place, string? Patient, DateTimeOffset At, Guid Request, string Actor, string Role, string Organisation, string Purpose, string Client, string? Network,
    char Action, string Interaction, string? ResourceType, string? ResourceId, string? Query, string Outcome)
{
    /// <summary>Logical id of the AuditEvent.</summary>
    public string Id => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Row}-{Place}");

    /// <summary>Whether it was permitted and found.</summary>
    public bool Succeeded => Outcome == "success";

    /// <summary>The reason given where the record was opened by break-glass.</summary>
    public string? BreakGlass { get; init; }

    /// <summary>The person that the patient is, where the reader's organisation holds data on them.</summary>
    public Guid? Person { get; init; }

    /// <summary>Their name, on the same condition.</summary>
    public string? PatientName { get; init; }
}

/// <summary>Some of the audit, newest first.</summary>
/// <param name="Seen">What was found.</param>
/// <param name="Next">Where the next page begins; null if there is none.</param>
public sealed record AuditPage(IReadOnlyList<AuditSeen> Seen, string? Next);

/// <summary>A person whose access list somebody may read.</summary>
/// <param name="Person">The person.</param>
/// <param name="Patients">Their source patients.</param>
/// <param name="Name">Name, as a source of the reader's organisation has it.</param>
/// <param name="BirthDate">Date of birth.</param>
/// <param name="NhsNumber">NHS number.</param>
/// <param name="Simulated">Whether the person is invented.</param>
public sealed record AuditedPerson(Guid Person, IReadOnlyList<string> Patients, string? Name, string? BirthDate, string? NhsNumber, bool Simulated);

/// <summary>A page of a person's access list.</summary>
/// <param name="Person">Whose.</param>
/// <param name="Page">Who looked.</param>
public sealed record AccessList(AuditedPerson Person, AuditPage Page);

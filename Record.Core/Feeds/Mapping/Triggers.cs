namespace Record.Core.Feeds.Mapping;

/// <summary>A message that is taken: its type and trigger event, what it says, and what it does to the record.</summary>
/// <param name="Type">MSH-9.1.</param>
/// <param name="Event">MSH-9.2.</param>
/// <param name="Says">In the words of HL7.</param>
/// <param name="Does">To the record.</param>
internal sealed record Trigger(string Type, string Event, string Says, string Does);

/// <summary>The messages that are taken. Others are refused with AR: 200 for the type, 201 for the trigger event.</summary>
internal static class Triggers
{
    private const string Report = "DiagnosticReport and Observation, by filler order number; corrects, cancels or adds";
    private const string Order = "ServiceRequest, as information; nothing is ordered";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Trigger> All { get; } =
    [
        new("ADT", "A01", "Admit", "Patient; Encounter in-progress at its place"),
        new("ADT", "A02", "Transfer", "Encounter.location: leaves one place, enters the next"),
        new("ADT", "A03", "Discharge", "Encounter finished"),
        new("ADT", "A04", "Register", "Encounter in-progress; a contact that took place is finished"),
        new("ADT", "A05", "Pre-admit", "Encounter planned"),
        new("ADT", "A06", "Outpatient becomes inpatient", "Encounter.class"),
        new("ADT", "A07", "Inpatient becomes outpatient", "Encounter.class"),
        new("ADT", "A08", "Update", "Patient, Encounter"),
        new("ADT", "A09", "Patient departing, tracking", "Encounter stays where it is"),
        new("ADT", "A10", "Patient arriving, tracking", "Encounter.location"),
        new("ADT", "A11", "Cancel admit", "Encounter cancelled: undoes A01 and A04"),
        new("ADT", "A12", "Cancel transfer", "Encounter.location: the last move is taken back"),
        new("ADT", "A13", "Cancel discharge", "Encounter in-progress again: its end, destination and method are taken back"),
        new("ADT", "A14", "Pending admit", "Encounter planned"),
        new("ADT", "A15", "Pending transfer", "Encounter stays where it is"),
        new("ADT", "A16", "Pending discharge", "Encounter stays in-progress"),
        new("ADT", "A17", "Swap patients", "both Encounters change place"),
        new("ADT", "A21", "Leave of absence", "Encounter onleave"),
        new("ADT", "A22", "Return from leave", "Encounter in-progress"),
        new("ADT", "A23", "Delete visit", "Encounter entered-in-error"),
        new("ADT", "A25", "Cancel pending discharge", "Encounter stays in-progress"),
        new("ADT", "A26", "Cancel pending transfer", "Encounter stays where it is"),
        new("ADT", "A27", "Cancel pending admit", "Encounter cancelled"),
        new("ADT", "A28", "Add person", "Patient"),
        new("ADT", "A31", "Update person", "Patient"),
        new("ADT", "A34", "Merge patient, id only", "the Patient of MRG-1 inactive, replaced-by that of PID-3; both are held meanwhile"),
        new("ADT", "A40", "Merge patient", "the Patient of MRG-1 inactive, replaced-by that of PID-3; both are held meanwhile"),
        new("ADT", "A43", "Move patient identifier", "as A40 where PID-3 and MRG-1 differ, as A31 where they are the same number"),
        new("ADT", "A44", "Move account", "the Encounters of the account (MRG-3 or PID-18, or PV1-19) belong to the Patient of PID-3; both are held meanwhile"),
        new("ADT", "A47", "Change patient identifier", "as A40: the number of MRG-1 is replaced by that of PID-3"),
        new("ORU", "R01", "Result", Report),
        new("ORM", "O01", "Order", Order),
        new("OML", "O01", "Laboratory order (sent so by some systems)", Order),
        new("OML", "O21", "Laboratory order", Order),
        new("ORR", "O02", "Answer to an order", "ServiceRequest.status"),
        new("MDM", "T01", "Document announced", "DocumentReference without content"),
        new("MDM", "T02", "Document with content", "DocumentReference"),
        new("MDM", "T03", "Status of a document", "DocumentReference.status, docStatus"),
        new("MDM", "T04", "Status of a document, with content", "DocumentReference.status, docStatus, content"),
        new("MDM", "T05", "Addendum announced", "DocumentReference that appends"),
        new("MDM", "T06", "Addendum with content", "DocumentReference that appends"),
        new("MDM", "T07", "Edit announced", "DocumentReference"),
        new("MDM", "T08", "Edit with content", "DocumentReference"),
        new("MDM", "T09", "Replacement announced", "DocumentReference that replaces; the other superseded"),
        new("MDM", "T10", "Replacement with content", "DocumentReference that replaces; the other superseded"),
        new("MDM", "T11", "Cancel document", "DocumentReference entered-in-error"),
        new("SIU", "S12", "New appointment", "Appointment booked"),
        new("SIU", "S13", "Appointment moved", "Appointment.start, end"),
        new("SIU", "S14", "Appointment changed", "Appointment"),
        new("SIU", "S15", "Appointment cancelled", "Appointment cancelled"),
        new("SIU", "S16", "Appointment discontinued", "Appointment cancelled"),
        new("SIU", "S17", "Appointment deleted", "Appointment entered-in-error"),
        new("SIU", "S26", "Did not attend", "Appointment noshow"),
        new("REF", "I12", "Referral", "ServiceRequest active; where the receiver is configured, its coordinating Task"),
        new("REF", "I13", "Referral changed", "ServiceRequest"),
        new("REF", "I14", "Referral cancelled", "ServiceRequest revoked"),
        new("RRI", "I12", "Answer to a referral", "ServiceRequest.note"),
        new("RRI", "I13", "Answer to a changed referral", "ServiceRequest.note"),
        new("RRI", "I14", "Answer to a cancelled referral", "ServiceRequest.note"),
    ];

    private static readonly HashSet<(string, string)> Taken = [.. All.Select(trigger => (trigger.Type, trigger.Event))];
    private static readonly HashSet<string> Types = [.. All.Select(trigger => trigger.Type)];

    /// <summary>Whether any message of the type is taken.</summary>
    public static bool TakesType(string type) => Types.Contains(type);

    /// <summary>Whether the message is taken.</summary>
    public static bool Takes(string type, string trigger) => Taken.Contains((type, trigger));

    /// <summary>Whether it makes one patient cease for another.</summary>
    public static bool IsMerge(string trigger) => trigger is "A34" or "A40" or "A43" or "A47";

    /// <summary>Whether it is about a patient and not about a visit.</summary>
    public static bool IsOfPatientOnly(string trigger) => trigger is "A28" or "A31" || IsMerge(trigger);

    /// <summary>Where the number stands that such a message cannot be mapped without.</summary>
    public static string? NumberOf(string type) => type switch
    {
        "ORU" => "OBR-3: the result has no filler or placer order number",
        "ORM" or "OML" or "ORR" => "ORC-2: the order has no placer or filler order number",
        "MDM" => "TXA-12: the document has no unique number",
        "SIU" => "SCH-2: the appointment has no filler or placer number",
        "REF" or "RRI" => "RF1-6: the referral has no number",
        _ => null,
    };
}

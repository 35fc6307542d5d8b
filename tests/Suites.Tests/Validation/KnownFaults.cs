namespace Suites.Tests.Validation;

/// <summary>
/// Examples that really are invalid: file, what the validator must say of it (places without indexes), and why it is right.
/// One that is valid again fails the test, as does one with another fault.
/// </summary>
internal static class KnownFaults
{
    private const string Template = "a template with placeholders such as {ScheduleItem} in place of ids";
    private const string NotInIssueType = "a code that is not in the required value set issue-type";
    private const string BadNhsNumber = "an NHS number whose check digit is wrong";

    public static IReadOnlyDictionary<string, (string Reason, string[] Places)> Hl7 { get; } = new Dictionary<string, (string, string[])>
    {
        ["DeviceUseStatement-example.json"] = ("reasonReference may not point to a Procedure", ["DeviceUseStatement.reasonReference.reference"]),
        ["EventDefinition-example.json"] = ("the narrative is empty (txt-2)", ["EventDefinition.text.div"]),
        ["MedicationRequest-medrx0301.json"] = ("the dispenser is an Organization, not a Practitioner", ["MedicationRequest.dispenseRequest.performer.reference"]),
        ["Observation-clinical-gender.json"] = ("an Encounter performs nothing", ["Observation.performer.reference"]),
        ["Questionnaire-qs1.json"] = ("display items have no linkId, which is required", ["Questionnaire.item.item.linkId", "Questionnaire.item.item.item.linkId", "Questionnaire.item.item.item.item.linkId"]),
    };

    public static IReadOnlyDictionary<string, (string Reason, string[] Places)> UkCore { get; } = new Dictionary<string, (string, string[])>
    {
        ["UKCore-MedicationDispense-Amoxicillin-Example.json"] = ("a reference without a type", ["MedicationDispense.authorizingPrescription.reference"]),
        ["UKCore-MedicationDispense-CiprofloxacinOral-Example.json"] = ("a reference without a type", ["MedicationDispense.authorizingPrescription.reference"]),
        ["UKCore-Patient-BabyPatient-Example.json"] = (BadNhsNumber, ["Patient.identifier.value"]),
    };

    public static IReadOnlyDictionary<string, (string Reason, string[] Places)> Bars { get; } = new Dictionary<string, (string, string[])>
    {
        ["OperationOutcome/REC/500-REC_SERVER_ERROR-too costly.json"] = (NotInIssueType, ["OperationOutcome.issue.code"]),
        ["invalid-base64.json"] = (NotInIssueType, ["OperationOutcome.issue.code"]),
        ["unavailable.json"] = (NotInIssueType, ["OperationOutcome.issue.code"]),
        ["appointment/PATCH-body.json"] = ("the part of an Appointment that changes, not a whole one", ["Appointment", "Appointment.participant"]),
        ["appointment/POST-success.json"] = ("the type of a reference is no resource type", ["Appointment.basedOn.type"]),
        ["appointment/PUT-body.json"] = ("the type of a reference is no resource type", ["Appointment.basedOn.type"]),
        ["appointment/id/GET-success.json"] = ("the type of a reference is no resource type", ["Appointment.basedOn.type"]),
        ["document_reference/GET-success-empty.json"] = ("an empty array", ["Bundle.entry"]),
        ["message_definition/MessageDefinition_ServiceRequest-request_CaseTransfer.json"] = ("useContext.code is one Coding, not an array", ["Bundle.entry.resource.useContext.code"]),
        ["process_message/POST-success.json"] = (Template, Booking),
        ["process_message/response/Booking (HTTP Response) .json"] = (Template, Booking),
        ["process_message/request/ValidationRequest (POST) .json"] = (BadNhsNumber, ["Bundle.entry.resource.identifier.value"]),
        ["process_message/request/ValidationResponse (POST) .json"] = (BadNhsNumber, ["Bundle.entry.resource.identifier.value"]),
        ["process_message/response/ValidationRequest (HTTP Response) .json"] = ("an NHS number with a wrong check digit, and references that are no addresses",
            ["Bundle.entry.resource.identifier.value", "Bundle.entry.resource.organization.reference", "Bundle.entry.resource.performer.reference"]),
        ["service_request/GET-success.json"] = ("the resources stand in the entries themselves, not in entry.resource",
            ["Bundle.entry", .. "PatientInstruction authoredOn basedOn category encounter intent locationReference meta occurrencePeriod performer requester resourceType status subject supportingInfo".Split(' ').Select(name => $"Bundle.entry.{name}")]),
        ["service_request/POST-success.json"] = ("PatientInstruction has a capital, basedOn is no array, a reference is no address", ServiceRequest),
        ["service_request/id/GET-success.json"] = ("PatientInstruction has a capital, basedOn is no array, a reference is no address", ServiceRequest),
    };

    public static IReadOnlyDictionary<string, (string Reason, string[] Places)> Pds { get; } = new Dictionary<string, (string, string[])>
    {
        ["pds/sandbox/mocks/PatientCompoundName.json"] = (BadNhsNumber, ["Bundle.entry.resource.identifier.value"]),
        ["pds/sandbox/mocks/Personal_Details_RelatedPersonBundle.json"] = ("an empty object", ["Bundle.entry.resource.patient"]),
        ["pds/tests/functional/data/responses/valid_patient_post_response.json"] = ("placeholders in place of values", ["Patient.id", "Patient.identifier.value", "Patient.name.period.start"]),
    };

    public static IReadOnlyDictionary<string, (string Reason, string[] Places)> Ers { get; } = new Dictionary<string, (string, string[])>
    {
        ["ers/sandbox/src/mocks/r4/retrieveOboUsers/responses/PractitionerBundle.json"] = ("identifier is no array", ["Bundle.entry.resource.identifier"]),
    };

    private static string[] Booking =>
        [.. "Schedule actor.reference basedOn.type destination.receiver.reference id participant.status schedule".Split(' ').Select(name => $"Bundle.entry.resource.{name}")];

    private static string[] ServiceRequest => ["ServiceRequest.PatientInstruction", "ServiceRequest.basedOn", "ServiceRequest.performer.reference"];
}

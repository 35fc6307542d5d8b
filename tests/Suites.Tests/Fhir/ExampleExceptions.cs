namespace Suites.Tests.Fhir;

/// <summary>Examples that are refused, each with the reason that the answer gives. All of them break R4 as published.</summary>
internal static class ExampleExceptions
{
    public static IReadOnlyDictionary<string, string> OfSpecification { get; } = new Dictionary<string, string>
    {
        ["Person-f002.json"] = "other content", // a Person's address and phone are shown to nobody over FHIR: docs/adr/0013
        ["Person-pp.json"] = "other content", // the same
        ["DeviceUseStatement-example.json"] = "DeviceUseStatement.reasonReference[0].reference: This reference may not point to Procedure.",
        ["EventDefinition-example.json"] = "EventDefinition.text.div: A narrative says something: text or an image (txt-2).",
        ["MedicationRequest-medrx0301.json"] = "MedicationRequest.dispenseRequest.performer.reference: This reference may not point to Practitioner.",
        ["Observation-clinical-gender.json"] = "Observation.performer[0].reference: This reference may not point to Encounter.",
        ["Questionnaire-qs1.json"] = "Questionnaire.item[0].item[0].linkId: This element is missing.",
    };

    public static IReadOnlyDictionary<string, string> OfUkCore { get; } = new Dictionary<string, string>
    {
        ["UKCore-MedicationDispense-Amoxicillin-Example.json"] = "MedicationDispense.authorizingPrescription[0].reference: A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.",
        ["UKCore-MedicationDispense-CiprofloxacinOral-Example.json"] = "MedicationDispense.authorizingPrescription[0].reference: A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.",
        ["UKCore-Patient-BabyPatient-Example.json"] = "Patient.identifier[0].value: This is not an NHS number: ten digits without spaces, the last a check digit.",
    };

    public static IReadOnlyDictionary<string, string> OfBars { get; } = new Dictionary<string, string>
    {
        ["OperationOutcome/REC/500-REC_SERVER_ERROR-too costly.json"] = "OperationOutcome.issue[0].code: The code is not in the value set http://hl7.org/fhir/ValueSet/issue-type.",
        ["_status.json"] = "no resource",
        ["appointment/PATCH-body.json"] = "Appointment.participant: This element is missing.",
        ["appointment/POST-success.json"] = "Appointment.basedOn[0].type: The type of a reference is a resource type of FHIR R4, or an absolute address.",
        ["appointment/PUT-body.json"] = "Appointment.basedOn[0].type: The type of a reference is a resource type of FHIR R4, or an absolute address.",
        ["appointment/id/GET-success.json"] = "Appointment.basedOn[0].type: The type of a reference is a resource type of FHIR R4, or an absolute address.",
        ["document_reference/GET-success-empty.json"] = "Bundle.entry: An array must not be empty.",
        ["invalid-base64.json"] = "OperationOutcome.issue[0].code: The code is not in the value set http://hl7.org/fhir/ValueSet/issue-type.",
        ["message_definition/MessageDefinition_ServiceRequest-request_CaseTransfer.json"] = "Bundle.entry[0].resource.useContext[0].code: This element occurs once: it is not an array.",
        ["process_message/POST-success.json"] = "Bundle.entry[0].resource.destination[0].receiver.reference: A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.",
        ["process_message/request/ValidationRequest (POST) .json"] = "Bundle.entry[5].resource.identifier[0].value: This is not an NHS number: ten digits without spaces, the last a check digit.",
        ["process_message/request/ValidationResponse (POST) .json"] = "Bundle.entry[6].resource.identifier[0].value: This is not an NHS number: ten digits without spaces, the last a check digit.",
        ["process_message/response/Booking (HTTP Response) .json"] = "Bundle.entry[0].resource.destination[0].receiver.reference: A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.",
        ["process_message/response/ValidationRequest (HTTP Response) .json"] = "Bundle.entry[1].resource.performer[0].reference: A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.",
        ["service_request/GET-success.json"] = "Bundle.entry[0].resourceType: FHIR R4 has no such element here.",
        ["service_request/POST-success.json"] = "ServiceRequest.basedOn: This element may repeat: it is an array.",
        ["service_request/id/GET-success.json"] = "ServiceRequest.basedOn: This element may repeat: it is an array.",
        ["unavailable.json"] = "OperationOutcome.issue[0].code: The code is not in the value set http://hl7.org/fhir/ValueSet/issue-type.",
    };

    public static IReadOnlyDictionary<string, string> OfPds { get; } = new Dictionary<string, string>
    {
        ["pds/sandbox/mocks/Sensitive_Patient.json"] = "other content", // restricted: the whereabouts are withheld from every answer
        ["pds/sandbox/mocks/PatientCompoundName.json"] = "Bundle.entry[0].resource.identifier[0].value: This is not an NHS number: ten digits without spaces, the last a check digit.",
        ["pds/sandbox/mocks/Personal_Details_RelatedPersonBundle.json"] = "Bundle.entry[0].resource.patient: An object must not be empty.",
        ["pds/tests/functional/data/responses/valid_patient_post_response.json"] = "Patient.id: An id has 1 to 64 characters: letters, digits, hyphens and dots.",
    };
}

using System.Text.Json.Nodes;
using Record.Core.Patients;

namespace Record.Core.Feeds.Mapping;

/// <summary>The systems and shapes that mapped resources share.</summary>
internal static class Systems
{
    public const string NhsNumber = "https://fhir.nhs.uk/Id/nhs-number";
    public const string OdsCode = "https://fhir.nhs.uk/Id/ods-organization-code";
    public const string Origin = "https://fhir.mse-epr.nhs.uk/CodeSystem/origin";
    public const string RequestKind = "https://fhir.mse-epr.nhs.uk/CodeSystem/request-kind";
    public const string PlaceKind = "https://fhir.mse-epr.nhs.uk/CodeSystem/place-kind";
    public const string Mechanism = "https://fhir.mse-epr.nhs.uk/CodeSystem/consultation-mechanism";
    public const string DischargeDestination = "https://fhir.nhs.uk/CodeSystem/discharge-destination";
    public const string ResponsibleTeam = "https://fhir.mse-epr.nhs.uk/StructureDefinition/responsible-team";
    public const string AttendanceStatus = "https://fhir.mse-epr.nhs.uk/StructureDefinition/attendance-status";

    /// <summary>Whether a ServiceRequest is an order kept as information: no referral, nothing to be done by a team of the record.</summary>
    public static bool IsOrder(JsonNode request) => (request["category"] as JsonArray)?.Any(c => c?["coding"]?[0]?["system"]?.GetValue<string>() == RequestKind) ?? false;

    /// <summary>A code system of HL7 UK.</summary>
    public static string UkCodes(string name) => $"https://fhir.hl7.org.uk/CodeSystem/UKCore-{name}";

    /// <summary>An extension of UK Core.</summary>
    public static string UkCore(string name) => $"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-{name}";

    private const string Verification = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";
    private const string VerificationCodes = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";

    /// <summary>The UK Core identifier of an NHS number and what its source says of it (01 is verified).</summary>
    public static JsonObject NhsIdentifier(NhsNumber number, string status) => new()
    {
        ["extension"] = new JsonArray(new JsonObject { ["url"] = Verification, ["valueCodeableConcept"] = Concept(VerificationCodes, status) }),
        ["system"] = NhsNumber,
        ["value"] = number.Value,
    };

    public static JsonObject Concept(string system, string code) => new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };

    /// <summary>Where it comes from, and whether its people are invented.</summary>
    public static JsonObject Meta(Organisations.SourceSystem source)
    {
        var meta = new JsonObject { ["source"] = $"urn:source:{source.Code}" };
        if (source.Simulated) meta["tag"] = new JsonArray(new JsonObject { ["system"] = Origin, ["code"] = "simulated" });
        return meta;
    }

    /// <summary>Marks one location and what it means.</summary>
    public static JsonObject Location(Organisations.SourceSystem source, Organisations.SourceLocation place, string? from, string? until)
    {
        var period = new JsonObject();
        if (from is not null) period["start"] = from;
        if (until is not null) period["end"] = until;
        var location = new JsonObject
        {
            ["location"] = new JsonObject
            {
                ["identifier"] = new JsonObject { ["system"] = source.IdentifierSystem + "/location", ["value"] = place.Code },
                ["display"] = place.Name,
            },
        };
        if (period.Count > 0) location["period"] = period;
        return location;
    }
}

using System.Text.Json.Nodes;

namespace Record.Tests.Identity;

/// <summary>Patients as sources send them, for tests of linkage.</summary>
internal static class People
{
    public static JsonObject Patient(
        string given, string family, string born, string sex = "female", string? postcode = "CM1 7ET", string? street = "1 Long Road",
        string? number = null, string status = "01", string? phone = null, string? organisation = null)
    {
        var patient = new JsonObject
        {
            ["resourceType"] = "Patient",
            ["name"] = new JsonArray(new JsonObject { ["use"] = "official", ["family"] = family, ["given"] = new JsonArray([.. given.Split(' ').Select(name => (JsonNode)name)]) }),
            ["birthDate"] = born,
            ["gender"] = sex,
            ["identifier"] = new JsonArray(),
        };
        if (postcode is not null) patient["address"] = new JsonArray(new JsonObject { ["use"] = "home", ["line"] = new JsonArray(street ?? ""), ["city"] = "Chelmsford", ["postalCode"] = postcode });
        if (number is not null) patient["identifier"]!.AsArray().Add(Number(number, status));
        if (phone is not null) patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone });
        if (organisation is not null) patient["managingOrganization"] = new JsonObject { ["reference"] = $"Organization/{organisation}" };
        return patient;
    }

    public static JsonObject Number(string number, string status) => new()
    {
        ["extension"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            ["valueCodeableConcept"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["code"] = status }) },
        }),
        ["system"] = "https://fhir.nhs.uk/Id/nhs-number",
        ["value"] = number,
    };
}

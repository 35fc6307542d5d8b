using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Journeys;

namespace Simulator.Messages;

/// <summary>Writes an event as a FHIR R4 Bundle, as a source system that speaks FHIR would.</summary>
internal static class BundleWriter
{
    public static byte[] Write(SimulatedEvent happened, string control) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["resourceType"] = "Bundle",
        ["identifier"] = new JsonObject { ["system"] = $"{happened.Source.IdentifierSystem}/message", ["value"] = control },
        ["type"] = "collection",
        ["timestamp"] = Time(happened.At),
        ["entry"] = new JsonArray(new JsonObject { ["resource"] = Patient(happened) }, new JsonObject { ["resource"] = Encounter(happened) }),
    });

    private static JsonObject Patient(SimulatedEvent happened)
    {
        var known = happened.Person.In(happened.Source);
        var identifiers = new JsonArray(new JsonObject { ["use"] = "usual", ["system"] = happened.Source.IdentifierSystem, ["value"] = known.LocalId });
        if (known.NhsNumber is { } number)
            identifiers.Add(new JsonObject
            {
                ["extension"] = new JsonArray(new JsonObject
                {
                    ["url"] = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                    ["valueCodeableConcept"] = Concept("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", known.Status),
                }),
                ["system"] = "https://fhir.nhs.uk/Id/nhs-number",
                ["value"] = number,
            });
        var given = new JsonArray(known.Given);
        if (known.Middle is not null) given.Add(known.Middle);
        return new()
        {
            ["resourceType"] = "Patient",
            ["identifier"] = identifiers,
            ["name"] = new JsonArray(new JsonObject { ["use"] = "official", ["family"] = known.Family, ["given"] = given }),
            ["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = known.Phone, ["use"] = "home" }),
            ["gender"] = known.Female ? "female" : "male",
            ["birthDate"] = known.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["address"] = new JsonArray(new JsonObject
            {
                ["use"] = "home",
                ["line"] = new JsonArray(happened.Person.Address(known.KnowsMove, happened.At)),
                ["city"] = happened.Person.Town.Name,
                ["postalCode"] = $"{happened.Person.Town.Postcode} {1 + happened.Person.Number % 9}AA",
            }),
        };
    }

    private static JsonObject Encounter(SimulatedEvent happened)
    {
        var contact = happened.Attendance is not null;
        var took = happened.Attendance is "5" or "6";
        var encounter = new JsonObject { ["resourceType"] = "Encounter" };
        if (contact) encounter["extension"] = new JsonArray(new JsonObject { ["url"] = "https://fhir.mse-epr.nhs.uk/StructureDefinition/attendance-status", ["valueCode"] = happened.Attendance });
        encounter["identifier"] = new JsonArray(new JsonObject { ["system"] = $"{happened.Source.IdentifierSystem}/visit", ["value"] = V2Writer.VisitId(happened) });
        encounter["status"] = contact ? took ? "finished" : "cancelled" : happened.Trigger == "A03" ? "finished" : "in-progress";
        encounter["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = happened.Class == 'I' ? "IMP" : happened.Mechanism == "01" ? "HH" : "VR" };
        if (contact) encounter["type"] = new JsonArray(Concept("https://fhir.mse-epr.nhs.uk/CodeSystem/consultation-mechanism", happened.Mechanism!));
        var period = new JsonObject { ["start"] = Time(happened.Start!.Value) };
        if (happened.End is { } end) period["end"] = Time(end);
        encounter["period"] = period;
        if (happened.Reason is not null) encounter["reasonCode"] = new JsonArray(new JsonObject { ["text"] = happened.Reason });
        if (happened.Destination is not null) encounter["hospitalization"] = new JsonObject { ["dischargeDisposition"] = Concept("https://fhir.nhs.uk/CodeSystem/discharge-destination", happened.Destination) };
        encounter["location"] = new JsonArray(new JsonObject
        {
            ["location"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = $"{happened.Source.IdentifierSystem}/location", ["value"] = happened.Location!.Code } },
            ["period"] = period.DeepClone(),
        });
        return encounter;
    }

    private static JsonObject Concept(string system, string code) => new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

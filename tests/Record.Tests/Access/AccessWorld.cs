using System.Globalization;
using System.Text.Json.Nodes;

namespace Record.Tests.Opening;

/// <summary>A person of the matrix: who has to do with them, and what protects them. The oracle reads this, the record only their resources.</summary>
/// <param name="Name">How the case is called.</param>
/// <param name="Organisations">Whose staff have a relationship.</param>
internal sealed record WorldPerson(string Name, params string[] Organisations)
{
    /// <summary>Teams of other organisations that have one by a service arrangement.</summary>
    public string[] ServedBy { get; init; } = [];

    public bool Restricted { get; init; }

    public bool Objects { get; init; }

    /// <summary>Users who have opened the record under break-glass.</summary>
    public string[] BrokenBy { get; init; } = [];

    /// <summary>Users who have opened what is sealed as sexual health.</summary>
    public string[] OpenedBy { get; init; } = [];

    /// <summary>Source patients.</summary>
    public string[] Patients { get; init; } = [];

    public Guid Id { get; } = Guid.NewGuid();
}

/// <summary>A resource of the matrix with its versions; null is a deletion.</summary>
internal sealed record WorldResource(string Type, string Id, WorldPerson? Person, string? Label, string? Source, IReadOnlyList<JsonObject?> Versions);

/// <summary>People in every state that access knows, each with resources under every label.</summary>
internal static class AccessWorld
{
    public static readonly string?[] Labels = [null, "PSY", "SEX", "safeguarding", "third-party", "R", "adoption", "gender-recognition"];

    public static IReadOnlyList<WorldPerson> People { get; } =
    [
        Of(new("nobody")), Of(new("raj", "RAJ")), Of(new("r1l", "R1L")), Of(new("both", "RAJ", "R1L")), Of(new("ended")),
        Of(new("linked", "RAJ"), 2), Of(new("glass") { BrokenBy = ["acute.doctor"] }), Of(new("restricted", "RAJ", "R1L") { Restricted = true }),
        Of(new("by-link", "RAJ", "R1L") { Restricted = true }, 2), Of(new("objects", "RAJ", "R1L") { Objects = true }, 2),
        Of(new("objects-glass", "R1L") { Objects = true, BrokenBy = ["acute.doctor"] }, 2), Of(new("liaison", "RAJ") { ServedBy = ["R1L-LIAISON-BAS"] }),
        Of(new("opened", "RAJ", "R1L") { OpenedBy = ["acute.doctor"] }), Of(new("tasked", "R1L")), Of(new("closed", "RAJ", "R1L")), Of(new("unseen") { Restricted = true }),
    ];

    /// <summary>Everything, in the order in which it is written.</summary>
    public static IReadOnlyList<WorldResource> Resources { get; } = [.. Public(), .. People.SelectMany(Everything)];

    private static WorldPerson Of(WorldPerson person, int patients = 1) => person with { Patients = [.. Enumerable.Range(0, patients).Select(i => $"{person.Name}-{i}")] };

    private static IEnumerable<WorldResource> Public()
    {
        yield return New("Organization", "surgery", null, null, null, """ "name":"Shore Surgery" """);
        yield return New("Organization", "trust", null, null, null, """ "name":"A trust" """);
        yield return New("Practitioner", "gp", null, null, null, """ "name":[{"family":"Practice"}] """);
    }

    private static IEnumerable<WorldResource> Everything(WorldPerson person)
    {
        var at = People_IndexOf(person);
        for (var i = 0; i < person.Patients.Length; i++)
        {
            var source = person.Name == "closed" ? "simulated-hospital" : i == 0 ? "basildon-pas" : "mh-community";
            foreach (var resource in OfPatient(person, person.Patients[i], source, at * 10 + i, person.Restricted && i == person.Patients.Length - 1)) yield return resource;
        }

        if (person.Patients.Length > 1)
            yield return New("Person", person.Id.ToString(), person, null, null, $$""" "active":true,"name":[{"family":"Gathered"}],"address":[{"city":"Basildon"}],"link":[{{string.Join(',', person.Patients.Select(patient => "{\"target\":{\"reference\":\"Patient/" + patient + "\"}}"))}}] """);
        foreach (var (organisation, i) in person.Organisations.Select((organisation, i) => (organisation, i)).Where(_ => person.Name is not ("liaison" or "tasked")))
            yield return New("EpisodeOfCare", $"{person.Name}-care-{i}", person, null, null, $$""" "status":"active","patient":{"reference":"Patient/{{person.Patients[0]}}"},"managingOrganization":{"reference":"Organization/{{organisation}}"} """);
        if (person.Name == "ended")
            yield return New("Encounter", "ended-stay", person, null, null, """ "status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/ended-0"},"serviceProvider":{"reference":"Organization/RAJ"},"period":{"start":"2024-01-01","end":"2024-01-05"} """);
        if (person.Name == "liaison")
            yield return New("Encounter", "liaison-visit", person, null, null, """ "status":"in-progress","class":{"code":"EMER"},"subject":{"reference":"Patient/liaison-0"},"serviceProvider":{"reference":"Organization/RAJ"},"period":{"start":"2026-01-05T08:00:00Z"} """);
        if (person.Name == "tasked")
            foreach (var label in (string?[])[null, "PSY", "adoption"])
                yield return New("Task", $"tasked-{label ?? "plain"}", person, label, null, """ "status":"requested","intent":"order","for":{"reference":"Patient/tasked-0"},"owner":{"reference":"Organization/R1L-CMHT-BAS"} """);
        if (person.Objects)
            yield return New("Consent", $"{person.Name}-consent", person, null, null, $$""" "status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"category":[{"coding":[{"code":"INFA"}]}],"patient":{"reference":"Patient/{{person.Patients[0]}}"},"provision":{"type":"deny"} """);
    }

    private static IEnumerable<WorldResource> OfPatient(WorldPerson person, string patient, string source, int n, bool flagged)
    {
        var body = $$"""
            "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{NhsNumber(n)}}"},{"system":"urn:local:{{source}}","value":"L{{n}}"}],"active":true,"name":[{"family":"Family{{n}}","given":["Given{{n % 3}}"]}],
            "telecom":[{"system":"phone","value":"01632 9600{{n % 100:00}}"},{"system":"email","value":"p{{n}}@example.org"}],"gender":"{{(n % 2 == 0 ? "female" : "male")}}","birthDate":"19{{50 + n % 40}}-03-12",
            "address":[{"line":["{{n}} Quay Street"],"city":"Southend{{n % 2}}","postalCode":"SS{{n % 4}} 1AA"}],"generalPractitioner":[{"reference":"Practitioner/gp"}],"managingOrganization":{"reference":"Organization/surgery"},
            "contact":[{"name":{"family":"Contactperson"},"telecom":[{"system":"phone","value":"01632 960111"}]}]
            """;
        var before = Json("Patient", body.Replace("-03-12", "-03-11", StringComparison.Ordinal), null, source);
        yield return flagged ? new("Patient", patient, person, "restricted", source, [before, Json("Patient", body, "R", source)]) : new("Patient", patient, person, null, source, [before]);
        yield return New("RelatedPerson", $"{patient}-next", person, "whereabouts", source, $$""" "patient":{"reference":"Patient/{{patient}}"},"name":[{"family":"Kin{{n}}"}],"address":[{"city":"Southend"}],"telecom":[{"system":"phone","value":"01632 960222"}] """);
        yield return New("Encounter", $"{patient}-visit", person, null, source, $$""" "status":"finished","class":{"system":"urn:class","code":"AMB"},"subject":{"reference":"Patient/{{patient}}"},"period":{"start":"2019-02-0{{1 + n % 9}}","end":"2019-02-1{{n % 10}}"},"reasonCode":[{"text":"Review"}] """);
        foreach (var label in Labels)
        {
            var id = $"{patient}-{label ?? "plain"}";
            var observation = $$"""
                "status":"final","code":{"coding":[{"system":"urn:codes","code":"c-{{label ?? "plain"}}"},{"system":"urn:codes","code":"any"}],"text":"Finding"},"subject":{"reference":"Patient/{{patient}}"},"encounter":{"reference":"Encounter/{{patient}}-visit"},
                "effectiveDateTime":"2020-0{{1 + n % 9}}-1{{Array.IndexOf(Labels, label)}}","valueQuantity":{"value":{{n}}.{{Array.IndexOf(Labels, label)}},"system":"http://unitsofmeasure.org","code":"mg"},"performer":[{"reference":"Practitioner/gp"}]{{(label == "PSY" ? $",\"hasMember\":[{{\"reference\":\"Observation/{patient}-plain\"}}]" : "")}}
                """;
            // The label came with the second version: what was written before is protected too.
            yield return new("Observation", id, person, label, source, label is null ? [Json("Observation", observation, null, source)] : [Json("Observation", observation, null, source), Json("Observation", observation, label, source)]);
        }

        yield return new("Observation", $"{patient}-gone", person, null, source, [Json("Observation", $$""" "status":"final","code":{"text":"Gone"},"subject":{"reference":"Patient/{{patient}}"} """, null, source), null]);
        yield return new("Observation", $"{patient}-gone-hidden", person, "adoption", source, [Json("Observation", $$""" "status":"final","code":{"text":"Gone"},"subject":{"reference":"Patient/{{patient}}"} """, "adoption", source), null]);
        yield return New("MedicationRequest", $"{patient}-medicine", person, null, source, $$""" "status":"active","intent":"order","medicationCodeableConcept":{"coding":[{"system":"urn:codes","code":"m1"}]},"subject":{"reference":"Patient/{{patient}}"},"authoredOn":"2021-01-0{{1 + n % 9}}" """);
        yield return New("DocumentReference", $"{patient}-letter", person, null, source, $$""" "status":"current","type":{"coding":[{"system":"urn:codes","code":"letter"}]},"subject":{"reference":"Patient/{{patient}}"},"content":[{"attachment":{"title":"Letter"} }] """);
        foreach (var from in (string[])["mh-community", "community-nursing", "basildon-pas"])
            yield return New("DocumentReference", $"{patient}-note-{from}", person, "note", from, $$""" "status":"current","category":[{"coding":[{"system":"urn:codes","code":"clinical-note"}]}],"subject":{"reference":"Patient/{{patient}}"},"content":[{"attachment":{"title":"Note"} }] """);
    }

    private static WorldResource New(string type, string id, WorldPerson? person, string? label, string? source, string json) =>
        new(type, id, person, label, source, [Json(type, json, label is "whereabouts" or "note" ? null : label, source)]);

    private static JsonObject Json(string type, string json, string? label, string? source)
    {
        var resource = JsonNode.Parse($$"""{"resourceType":"{{type}}",{{json}}}""")!.AsObject();
        var meta = new JsonObject();
        if (source is not null) meta["source"] = $"urn:source:{source}";
        if (label is not null) meta["security"] = new JsonArray(new JsonObject { ["system"] = "urn:labels", ["code"] = label });
        if (meta.Count > 0) resource["meta"] = meta;
        return resource;
    }

    private static int People_IndexOf(WorldPerson person)
    {
        for (var i = 0; i < People.Count; i++)
            if (People[i].Name == person.Name) return i;
        return -1;
    }

    private static string NhsNumber(int n)
    {
        for (var from = 999_000_000 + n * 20; ; from++)
        {
            var digits = from.ToString(CultureInfo.InvariantCulture);
            var check = (11 - Enumerable.Range(0, 9).Sum(i => (digits[i] - '0') * (10 - i)) % 11) % 11;
            if (check < 10) return digits + check;
        }
    }
}

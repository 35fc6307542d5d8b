using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Two people, a hospital, and what was measured.</summary>
public sealed class SmallRecord : IAsyncLifetime
{
    private static readonly string[] Resources =
    [
        """{"resourceType":"Organization","id":"mse","name":"Mid and South Essex NHS Foundation Trust"}""",
        """{"resourceType":"Organization","id":"southend","name":"Southend University Hospital","partOf":{"reference":"Organization/mse"}}""",
        """{"resourceType":"Practitioner","id":"doctor","identifier":[{"system":"urn:gmc","value":"1234567"}]}""",
        """{"resourceType":"Location","id":"ward","name":"Ward 4","position":{"latitude":51.55,"longitude":0.75}}""",
        """
        {"resourceType":"Patient","id":"aoife","active":true,"gender":"female","birthDate":"1957-03-12","name":[{"family":"O'Dónnell","given":["Aoife"]}],
         "meta":{"tag":[{"system":"urn:t","code":"simulated"}]},"deceasedBoolean":false,"telecom":[{"system":"phone","value":"03001"}],"address":[{"city":"Southend-on-Sea"}],
         "identifier":[{"system":"urn:mrn","value":"A|1","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]}}],
         "generalPractitioner":[{"reference":"Practitioner/gp"}],"managingOrganization":{"reference":"Organization/southend"}}
        """,
        """{"resourceType":"Patient","id":"brendan","active":false,"gender":"male","birthDate":"1960","name":[{"text":"Walsh, junior","family":"Walsh"}],"deceasedDateTime":"2020-02-02"}""",
        """{"resourceType":"Group","id":"trial","type":"person","actual":true,"code":{"coding":[{"code":"trial"}]},"member":[{"entity":{"reference":"Patient/aoife"}},{"entity":{"reference":"Patient/brendan"}}]}""",
        """{"resourceType":"Person","id":"both","link":[{"target":{"reference":"Patient/aoife"}},{"target":{"reference":"Patient/brendan"}}]}""",
        """{"resourceType":"Encounter","id":"stay","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/aoife"},"location":[{"location":{"reference":"Location/ward"}}],"period":{"start":"2024-02-28","end":"2024-03-02"}}""",
        """
        {"resourceType":"Observation","id":"hb","status":"final","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Narrated</div>"},
         "code":{"coding":[{"system":"http://loinc.org","code":"718-7","display":"Haemoglobin"}]},"subject":{"reference":"Patient/aoife"},"encounter":{"reference":"Encounter/stay"},"effectiveDateTime":"2024-03-01T09:30:00Z",
         "performer":[{"identifier":{"system":"urn:gmc","value":"7654321"}}],"valueQuantity":{"value":142,"unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"}}
        """,
        """
        {"resourceType":"Observation","id":"potassium","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"subject":{"reference":"Patient/aoife"},"effectiveDateTime":"2024-03-15",
         "performer":[{"reference":"Practitioner/doctor"}],"valueQuantity":{"value":5.4,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}
        """,
        """
        {"resourceType":"Observation","id":"pressure","status":"preliminary","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/aoife"},"effectiveDateTime":"2024-05-01",
         "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":140,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
          {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}
        """,
        """{"resourceType":"Observation","id":"units","status":"final","code":{"text":"units that others write in"},"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"g/dL"}}""",
        """{"resourceType":"ValueSet","id":"colours","status":"active","url":"http://example.org/vs/colours"}""",
    ];

    /// <summary>The store that holds them.</summary>
    public RecordStore Store { get; } = new();

    public async Task InitializeAsync()
    {
        await Store.InitializeAsync();
        foreach (var json in Resources)
        {
            using var document = System.Text.Json.JsonDocument.Parse(json);
            await Store.Put(document.RootElement.GetProperty("resourceType").GetString()!, document.RootElement.GetProperty("id").GetString()!, json);
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Says that source patients are one person.</summary>
    public async Task Link(params string[] patients)
    {
        var person = Guid.NewGuid();
        await Store.Database.Scalar($"insert into record.person (id, created_at) values ('{person}', now())");
        foreach (var patient in patients)
            await Store.Database.Scalar($"insert into record.link (id, patient, person, method, decided_by, decided_at) values ('{Guid.NewGuid()}', '{patient}', '{person}', 'test', 'test', now())");
    }

    public Task DisposeAsync() => Store.DisposeAsync();
}

using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Validation;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>Valid resources to break, and what the validator says of them.</summary>
internal static class Checked
{
    public static JsonObject Observation => Json("""
        {
          "resourceType": "Observation", "id": "o-1",
          "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"], "lastUpdated": "2026-01-05T10:00:00.123Z"},
          "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Blood <b>pressure</b> &lt; 120</p></div>"},
          "identifier": [{"system": "urn:oid:1.2.36", "value": "1", "period": {"start": "2025", "end": "2026-01"}}],
          "status": "final",
          "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
          "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "Blood pressure"},
          "subject": {"reference": "Patient/p-1"},
          "effectiveDateTime": "2026-01-05",
          "issued": "2026-01-05T10:00:00+01:00",
          "performer": [{"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}],
          "component": [
            {"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}, "valueQuantity": {"value": 107.0, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}},
            {"code": {"coding": [{"system": "http://loinc.org", "code": "8462-4"}]}, "valueQuantity": {"value": 60, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}}
          ]
        }
        """);

    public static JsonObject Patient => Json("""
        {
          "resourceType": "Patient", "id": "p-1",
          "extension": [{"url": "http://example.org/religion", "valueCode": "none"}],
          "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000026"}],
          "active": true,
          "name": [{"use": "official", "family": "Smith", "given": ["Jayne", "Ann"]}],
          "telecom": [{"system": "phone", "value": "01632 960587", "use": "home", "rank": 1}],
          "gender": "female", "birthDate": "2010-10-22", "_birthDate": {"extension": [{"url": "http://example.org/time", "valueDateTime": "2010-10-22T10:00:00Z"}]},
          "deceasedBoolean": false,
          "contact": [{"name": {"family": "Jones"}}],
          "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}, "preferred": true}],
          "generalPractitioner": [{"reference": "Organization/gp-1", "type": "Organization"}]
        }
        """);

    public static IReadOnlyList<ValidationIssue> Issues(JsonNode resource) => ResourceValidator.Check(Encoding.UTF8.GetBytes(resource.ToJsonString()));

    public static IReadOnlyList<ValidationIssue> Issues(string resource) => ResourceValidator.Check(Encoding.UTF8.GetBytes(resource));

    /// <summary>The resource with one thing changed.</summary>
    public static JsonObject With(this JsonObject resource, Action<JsonObject> change)
    {
        change(resource);
        return resource;
    }

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    public static void Valid(JsonNode resource) => Valid(resource.ToJsonString());

    public static void Valid(string resource) => Assert.Empty(Issues(resource).Select(issue => $"{issue.Expression}: {issue.Diagnostics}"));

    /// <summary>Exactly one fault, of this code, at this place.</summary>
    public static void OneFault(JsonNode resource, string code, string expression) => OneFault(resource.ToJsonString(), code, expression);

    public static void OneFault(string resource, string code, string expression)
    {
        var issues = Issues(resource);

        Assert.Equal([(code, expression)], issues.Select(issue => (issue.Code, issue.Expression)));
        Assert.True(issues[0].Severity is IssueSeverity.Error or IssueSeverity.Fatal);
    }
}

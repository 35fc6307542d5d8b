using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Validation;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>Invariants of the StructureDefinitions. https://hl7.org/fhir/R4/conformance-rules.html#constraints</summary>
public class InvariantTests
{
    private const string Entered = """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]}""";
    private const string Active = """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}""";

    [Theory]
    [InlineData("""[{"url":"http://a.org"}]""", "Patient.extension[0]")]
    [InlineData("""[{"url":"http://a.org","valueCode":"a","extension":[{"url":"b","valueCode":"c"}]}]""", "Patient.extension[0]")]
    [InlineData("""[{"url":"http://a.org","extension":[{"url":"b"}]}]""", "Patient.extension[0].extension[0]")]
    public void An_extension_has_a_value_or_extensions_and_not_both(string extensions, string expression) =>
        Checked.OneFault(Checked.Patient.With(p => p["extension"] = JsonNode.Parse(extensions)), "invariant", expression);

    [Theory]
    [InlineData("2026-01-02", "2026-01-01", false)]
    [InlineData("2026", "2025-12", false)]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01T10:59:59+01:00", false)]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01T11:00:00+01:00", true)]
    [InlineData("2026-01-01", "2026-01", true)]
    [InlineData("2026-06-01", "2026", true)]
    [InlineData("2026-01-01T10:00:00Z", "2026-01-01", true)]
    [InlineData("2026-01-02T23:00:00Z", "2026-01-01", false)]
    public void A_period_does_not_end_before_it_begins(string start, string end, bool valid)
    {
        var patient = Checked.Patient.With(p => p["name"]![0]!["period"] = new JsonObject { ["start"] = start, ["end"] = end });

        if (valid) Checked.Valid(patient);
        else Checked.OneFault(patient, "invariant", "Patient.name[0].period");
    }

    [Theory]
    [InlineData("""{"resourceType":"Organization"}""", "Organization")]
    [InlineData("""{"resourceType":"Patient","contact":[{"gender":"male"}]}""", "Patient.contact[0]")]
    [InlineData("""{"resourceType":"Patient","telecom":[{"value":"1"}]}""", "Patient.telecom[0]")]
    [InlineData("""{"resourceType":"Patient","photo":[{"data":"aGVsbG8="}]}""", "Patient.photo[0]")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1,"code":"g"}}""", "Observation.valueQuantity")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"a","dataAbsentReason":{"text":"b"}}""", "Observation")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"}]},"valueString":"a","component":[{"code":{"coding":[{"code":"b"},{"code":"a"}]}}]}""", "Observation")]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"referenceRange":[{"type":{"text":"x"}}]}""", "Observation.referenceRange[0]")]
    [InlineData("""{"resourceType":"Immunization","status":"completed","vaccineCode":{"text":"x"},"patient":{"reference":"Patient/1"},"occurrenceString":"x","education":[{"presentationDate":"2026"}]}""", "Immunization.education[0]")]
    [InlineData("""{"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Patient/1"},"activity":[{"reference":{"display":"x"},"detail":{"status":"scheduled"}}]}""", "CarePlan.activity[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"link":[{"relation":"self","url":"http://a.org"}]}]}""", "Bundle.entry[0]")]
    [InlineData("""{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","active":true}}]}""", "Bundle")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://a.org/Patient/1","resource":{"resourceType":"Patient","active":true}},{"fullUrl":"http://a.org/Patient/1","resource":{"resourceType":"Patient","active":true}}]}""", "Bundle")]
    [InlineData("""{"resourceType":"Timing"}""", "Resource", "structure")]
    [InlineData("""{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"},"medicationReference":{"display":"x"},"dosageInstruction":[{"timing":{"repeat":{"period":1}}}]}""", "MedicationRequest.dosageInstruction[0].timing.repeat")]
    [InlineData("""{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"},"medicationReference":{"display":"x"},"dosageInstruction":[{"timing":{"repeat":{"period":-1,"periodUnit":"d"}}}]}""", "MedicationRequest.dosageInstruction[0].timing.repeat")]
    public void A_broken_invariant_is_reported_at_its_element(string resource, string expression, string code = "invariant") => Checked.OneFault(resource, code, expression);

    [Fact]
    public void A_condition_entered_in_error_has_no_clinical_status()
    {
        const string Condition = """{"resourceType":"Condition","subject":{"reference":"Patient/1"},"verificationStatus":VER,"clinicalStatus":CLIN}""";
        static string Of(string verification) => Condition.Replace("VER", verification, StringComparison.Ordinal).Replace("CLIN", Active, StringComparison.Ordinal);

        Checked.OneFault(Of(Entered), "invariant", "Condition");
        Checked.Valid(Of(Entered.Replace("entered-in-error", "confirmed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Best_practice_is_spoken_of_only_where_it_is_asked()
    {
        var body = Encoding.UTF8.GetBytes("""{"resourceType":"Patient","active":true}""");
        var options = new ValidationOptions { Profiles = ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"] };

        Assert.Empty(ResourceValidator.Check(body));
        Assert.Contains(ResourceValidator.Validate(body, options), issue => issue is { Severity: IssueSeverity.Warning, Code: "not-supported" });
        Assert.All(ResourceValidator.Validate(body, options), issue => Assert.Equal(IssueSeverity.Warning, issue.Severity));
    }
}

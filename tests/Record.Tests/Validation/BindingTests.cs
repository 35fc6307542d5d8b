using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>Required bindings. https://hl7.org/fhir/R4/terminologies.html#required</summary>
public class BindingTests
{
    private const string Clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";

    [Theory]
    [InlineData("Patient", "gender", "Female")]
    [InlineData("Patient", "gender", "f")]
    [InlineData("Observation", "status", "finalised")]
    public void A_code_outside_its_value_set_is_refused(string type, string name, string code) =>
        Checked.OneFault((type == "Patient" ? Checked.Patient : Checked.Observation).With(r => r[name] = code), "code-invalid", $"{type}.{name}");

    [Fact]
    public void Codes_inside_data_types_are_bound_too()
    {
        Checked.OneFault(Checked.Patient.With(p => p["telecom"]![0]!["system"] = "carrier pigeon"), "code-invalid", "Patient.telecom[0].system");
        Checked.OneFault(Checked.Patient.With(p => p["name"]![0]!["use"] = "stage"), "code-invalid", "Patient.name[0].use");
    }

    [Fact]
    public void A_bound_concept_needs_one_coding_of_the_value_set_with_its_system()
    {
        Checked.Valid(Condition($$"""{"coding":[{"system":"http://local","code":"x"},{"system":"{{Clinical}}","code":"active"}]}"""));
        Checked.Valid(Condition("""{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"""));
        Checked.OneFault(Condition("""{"coding":[{"system":"http://local","code":"active"}]}"""), "code-invalid", "Condition.clinicalStatus");
        Checked.OneFault(Condition($$"""{"coding":[{"system":"{{Clinical}}","code":"on"}]}"""), "code-invalid", "Condition.clinicalStatus");
        Checked.OneFault(Condition("""{"text":"active"}"""), "code-invalid", "Condition.clinicalStatus");
    }

    [Fact]
    public void Bindings_that_are_not_required_take_any_code() =>
        Checked.Valid(Checked.Patient.With(p => p["maritalStatus"] = JsonNode.Parse("""{"coding":[{"system":"http://local","code":"x"}]}""")));

    [Fact]
    public void A_currency_is_three_capitals()
    {
        const string Invoice = """{"resourceType":"Invoice","status":"draft","totalNet":{"value":1.5,"currency":"CODE"}}""";

        Checked.Valid(Invoice.Replace("CODE", "GBP", StringComparison.Ordinal));
        Checked.OneFault(Invoice.Replace("CODE", "pounds", StringComparison.Ordinal), "code-invalid", "Invoice.totalNet.currency");
    }

    [Fact]
    public void An_escaped_code_is_the_code_it_spells() => Checked.Valid(Checked.Patient.ToJsonString().Replace("\"female\"", "\"f\\u0065male\"", StringComparison.Ordinal));

    private static string Condition(string status) => $$"""{"resourceType":"Condition","subject":{"reference":"Patient/1"},"clinicalStatus":{{status}}}""";
}

using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>JSON of resources. https://hl7.org/fhir/R4/json.html</summary>
public class StructureTests
{
    [Fact]
    public void Valid_resources_have_no_faults()
    {
        Checked.Valid(Checked.Observation);
        Checked.Valid(Checked.Patient);
    }

    [Theory]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"resourceType":1}""")]
    [InlineData("""{"resourceType":"Visit"}""")]
    [InlineData("""{"resourceType":"DomainResource"}""")]
    [InlineData("""{"resourceType":"Quantity"}""")]
    [InlineData("""{"resourceType":"SubscriptionStatus"}""")]
    [InlineData("[]")]
    [InlineData("1")]
    public void What_is_no_resource_of_R4_is_refused(string json) => Checked.OneFault(json, "structure", "Resource");

    [Fact]
    public void An_unknown_property_is_named_by_its_place()
    {
        Checked.OneFault(Checked.Observation.With(o => o["colour"] = "red"), "structure", "Observation.colour");
        Checked.OneFault(Checked.Observation.With(o => o["component"]![1]!["valueQuantity"]!["mood"] = 1), "structure", "Observation.component[1].valueQuantity.mood");
        Checked.OneFault(Checked.Observation.With(o => o["fhir_comments"] = new JsonArray("x")), "structure", "Observation.fhir_comments");
    }

    [Fact]
    public void A_property_name_that_could_be_data_is_not_repeated() =>
        Checked.OneFault(Checked.Patient.With(p => p["999 000 0026"] = true), "structure", "Patient");

    [Theory]
    [InlineData("status", "[\"final\"]", "Observation.status")]
    [InlineData("status", "1", "Observation.status")]
    [InlineData("status", "{\"x\":1}", "Observation.status")]
    [InlineData("status", "null", "Observation.status")]
    [InlineData("category", "{\"text\":\"x\"}", "Observation.category")]
    [InlineData("category", "[]", "Observation.category")]
    [InlineData("category", "[1]", "Observation.category[0]")]
    [InlineData("category", "[{\"text\":\"x\"},null]", "Observation.category[1]")]
    [InlineData("category", "[{}]", "Observation.category[0]")]
    [InlineData("code", "\"85354-9\"", "Observation.code")]
    [InlineData("code", "[{\"text\":\"x\"}]", "Observation.code")]
    [InlineData("code", "{}", "Observation.code")]
    [InlineData("valueInteger", "\"1\"", "Observation.valueInteger")]
    [InlineData("valueBoolean", "\"true\"", "Observation.valueBoolean")]
    [InlineData("valueString", "true", "Observation.valueString")]
    [InlineData("valueQuantity", "{\"value\":\"1.0\"}", "Observation.valueQuantity.value")]
    public void Every_element_has_the_JSON_kind_of_its_type(string name, string value, string expression) =>
        Checked.OneFault(Checked.Observation.With(o => o[name] = JsonNode.Parse(value)), "structure", expression);

    [Fact]
    public void An_element_that_must_be_there_is_missed()
    {
        Checked.OneFault(Checked.Observation.With(o => o.Remove("status")), "required", "Observation.status");
        Checked.OneFault(Checked.Observation.With(o => o["component"]![0]!.AsObject().Remove("code")), "required", "Observation.component[0].code");
        Checked.OneFault("""{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"}}""", "required", "MedicationRequest.medication");
    }

    [Fact]
    public void An_element_that_must_be_there_may_say_by_extension_why_it_has_no_value() =>
        Checked.Valid(Checked.Observation.With(o =>
        {
            o.Remove("status");
            o["_status"] = JsonNode.Parse("""{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}""");
        }));

    [Fact]
    public void Of_a_choice_one_type_is_allowed_and_only_those_that_R4_lists()
    {
        Checked.OneFault(Checked.Observation.With(o => o["effectivePeriod"] = JsonNode.Parse("""{"start":"2026"}""")), "structure", "Observation.effectivePeriod");
        Checked.OneFault(Checked.Observation.With(o => o["valueDate"] = "2026"), "structure", "Observation.valueDate");
        Checked.OneFault(Checked.Observation.With(o => o["value"] = "x"), "structure", "Observation.value");
        Checked.OneFault(Checked.Observation.With(o => o["_effectiveInstant"] = JsonNode.Parse("""{"extension":[{"url":"http://a.org","valueCode":"x"}]}""")), "structure", "Observation.effectiveInstant");
    }

    [Fact]
    public void All_faults_are_reported_and_at_most_a_hundred()
    {
        var four = Checked.Issues(Checked.Observation.With(o => { o["status"] = "done"; o["colour"] = 1; o["issued"] = "today"; o.Remove("code"); }));
        var many = Checked.Issues(Checked.Observation.With(o => o["category"] = new JsonArray([.. Enumerable.Range(0, 500).Select(_ => (JsonNode)1)])));

        Assert.Equal(["Observation.code", "Observation.colour", "Observation.issued", "Observation.status"], four.Select(issue => issue.Expression).Order());
        Assert.Equal(100, many.Count);
    }

    [Fact]
    public void Backbone_elements_defined_elsewhere_are_followed()
    {
        const string Nested = """{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"group","item":[{"linkId":"1.1.1","type":"TYPE"}]}]}]}""";

        Checked.Valid(Checked.Json(Nested.Replace("TYPE", "string", StringComparison.Ordinal)));
        Checked.OneFault(Nested.Replace("TYPE", "text area", StringComparison.Ordinal), "code-invalid", "Questionnaire.item[0].item[0].item[0].type");
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Validation;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>References and contained resources. https://hl7.org/fhir/R4/references.html</summary>
public class ReferenceTests
{
    [Theory]
    [InlineData("Patient/1")]
    [InlineData("Patient/1/_history/2")]
    [InlineData("https://a.org/fhir/Patient/1")]
    [InlineData("https://a.org/fhir/Group/1/_history/2")]
    [InlineData("https://a.org/anything")]
    [InlineData("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0")]
    [InlineData("urn:oid:1.2.3")]
    public void References_of_these_shapes_are_taken(string reference) => Checked.Valid(Subject(reference));

    [Theory]
    [InlineData("1")]
    [InlineData("Patient/")]
    [InlineData("Patient/a_b")]
    [InlineData("Person of interest/1")]
    [InlineData("/Patient/1")]
    [InlineData("fhir/Patient/1")]
    [InlineData("urn:uuid:1")]
    [InlineData("urn:oid:x")]
    [InlineData("Patient?identifier=1")]
    public void References_of_other_shapes_are_refused(string reference) => Checked.OneFault(Subject(reference), "value", "Observation.subject.reference");

    [Theory]
    [InlineData("Organization/1")]
    [InlineData("https://a.org/fhir/Organization/1")]
    [InlineData("Encounter/1/_history/2")]
    public void A_reference_to_a_type_that_the_element_does_not_take_is_refused(string reference) =>
        Checked.OneFault(Subject(reference), "value", "Observation.subject.reference");

    [Fact]
    public void The_type_of_a_reference_is_allowed_there_and_agrees_with_its_address()
    {
        Checked.OneFault(Checked.Observation.With(o => o["subject"] = JsonNode.Parse("""{"type":"Practitioner","display":"x"}""")), "value", "Observation.subject.type");
        Checked.OneFault(Checked.Observation.With(o => o["subject"] = JsonNode.Parse("""{"type":"Sheep","display":"x"}""")), "value", "Observation.subject.type");
        Checked.OneFault(Checked.Observation.With(o => o["subject"]!["type"] = "Group"), "value", "Observation.subject.type");
        Checked.Valid(Checked.Observation.With(o => o["subject"]!["type"] = "Patient"));
    }

    [Fact]
    public void A_search_stands_for_a_reference_in_transactions_only()
    {
        var options = new ValidationOptions { ConditionalReferences = true };
        var conditional = Encoding.UTF8.GetBytes(Subject("Patient?identifier=1").ToJsonString());
        var ofOtherType = Encoding.UTF8.GetBytes(Subject("Organization?identifier=1").ToJsonString());

        Assert.Empty(ResourceValidator.Check(conditional, options));
        Assert.Equal("Observation.subject.reference", Assert.Single(ResourceValidator.Check(ofOtherType, options)).Expression);
    }

    [Fact]
    public void A_fragment_leads_to_a_contained_resource_of_an_allowed_type()
    {
        Checked.Valid(Containing("""{"resourceType":"Patient","id":"c"}""", "#c"));
        Checked.OneFault(Checked.Observation.With(o => o["subject"]!["reference"] = "#c"), "invariant", "Observation.subject.reference");
        Checked.OneFault(Containing("""{"resourceType":"Organization","id":"c","name":"x"}""", "#c"), "value", "Observation.subject.reference");
    }

    [Fact]
    public void A_contained_resource_is_validated_where_it_stands() =>
        Checked.OneFault(Containing("""{"resourceType":"Patient","id":"c","gender":"x"}""", "#c"), "code-invalid", "Observation.contained[0].gender");

    [Fact]
    public void A_contained_resource_that_nothing_refers_to_is_refused()
    {
        Checked.OneFault(Containing("""{"resourceType":"Patient","id":"c"}""", "Patient/1"), "invariant", "Observation.contained[0]");
        Checked.Valid(Containing("""{"resourceType":"Provenance","id":"c","target":[{"reference":"#"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}""", "Patient/1"));
        Checked.Valid(Containing("""{"resourceType":"Patient","id":"c"}""", "Patient/1").With(o => o["extension"] = JsonNode.Parse("""[{"url":"http://a.org","valueUri":"#c"}]""")));
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"c","contained":[{"resourceType":"Patient","id":"d"}]}""", "Observation.contained[0].contained[0]")]
    [InlineData("""{"resourceType":"Patient","id":"c","meta":{"versionId":"1"}}""", "Observation.contained[0].meta.versionId")]
    [InlineData("""{"resourceType":"Patient","id":"c","meta":{"lastUpdated":"2026-01-01T00:00:00Z"}}""", "Observation.contained[0].meta.lastUpdated")]
    [InlineData("""{"resourceType":"Patient","id":"c","meta":{"security":[{"code":"R"}]}}""", "Observation.contained[0].meta.security")]
    public void A_contained_resource_has_no_life_of_its_own(string contained, string expression) => Checked.OneFault(Containing(contained, "#c"), "invariant", expression);

    [Fact]
    public void Resources_in_entries_and_parameters_are_validated_and_keep_their_fragments_apart()
    {
        var bundle = Checked.Json("""{"resourceType":"Bundle","type":"collection"}""").With(b => b["entry"] = new JsonArray(
            new JsonObject { ["resource"] = Containing("""{"resourceType":"Patient","id":"c"}""", "#c") },
            new JsonObject { ["resource"] = Checked.Observation.With(o => o["subject"]!["reference"] = "#c") }));
        const string Parameters = """{"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","resource":{"resourceType":"Patient","active":"yes"}}]}]}""";

        Checked.OneFault(bundle, "invariant", "Bundle.entry[1].resource.subject.reference");
        Checked.OneFault(Parameters, "structure", "Parameters.parameter[0].part[0].resource.active");
    }

    private static JsonObject Subject(string reference) => Checked.Observation.With(o => o["subject"]!["reference"] = reference);

    private static JsonObject Containing(string contained, string reference) =>
        Subject(reference).With(o => o["contained"] = new JsonArray(JsonNode.Parse(contained)));
}

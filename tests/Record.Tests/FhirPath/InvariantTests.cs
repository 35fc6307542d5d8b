using Record.Core.FhirPath;
using Xunit;

namespace Record.Tests.FhirPath;

/// <summary>Invariants of R4's StructureDefinitions as they are written there, on elements that keep and break them. https://hl7.org/fhir/R4/conformance-rules.html#constraints</summary>
public class InvariantTests
{
    private const string Dom3 = "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";
    private const string Obs7 = "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()";
    private const string Per1 = "start.hasValue().not() or end.hasValue().not() or (start <= end)";
    private const string Ele1 = "hasValue() or (children().count() > id.count())";
    private const string Ref1 = "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))";

    [Theory]
    [InlineData("obs-6", "dataAbsentReason.empty() or value.empty()", """{"resourceType":"Observation","valueString":"a"}""", true)]
    [InlineData("obs-6", "dataAbsentReason.empty() or value.empty()", """{"resourceType":"Observation","valueString":"a","dataAbsentReason":{}}""", false)]
    [InlineData("obs-6, a value that is only extended", "dataAbsentReason.empty() or value.empty()", """{"resourceType":"Observation","_valueString":{"extension":[{"url":"u"}]},"dataAbsentReason":{}}""", false)]
    [InlineData("obs-7", Obs7, """{"resourceType":"Observation","valueString":"a","code":{"coding":[{"code":"1"}]},"component":[{"code":{"coding":[{"code":"2"}]}}]}""", true)]
    [InlineData("obs-7", Obs7, """{"resourceType":"Observation","valueString":"a","code":{"coding":[{"code":"1"}]},"component":[{"code":{"coding":[{"code":"2"},{"code":"1"}]}}]}""", false)]
    [InlineData("pat-1", "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""", false)]
    [InlineData("dom-2", "contained.contained.empty()", """{"resourceType":"Patient","contained":[{"resourceType":"Patient","contained":[{"resourceType":"Patient"}]}]}""", false)]
    [InlineData("dom-3, referred to", Dom3, """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}""", true)]
    [InlineData("dom-3, refers to its container", Dom3, """{"resourceType":"Patient","contained":[{"resourceType":"Account","id":"a","subject":[{"reference":"#"}]}]}""", true)]
    [InlineData("dom-3, named by a canonical", Dom3, """{"resourceType":"PlanDefinition","contained":[{"resourceType":"Library","id":"l"}],"library":["#l"]}""", true)]
    [InlineData("dom-3, neither", Dom3, """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]}""", false)]
    [InlineData("que-2", "descendants().linkId.isDistinct()", """{"resourceType":"Questionnaire","item":[{"linkId":"1","item":[{"linkId":"1"}]}]}""", false)]
    [InlineData("bdl-7", "entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()", """{"resourceType":"Bundle","entry":[{"fullUrl":"u"},{"fullUrl":"u","resource":{"resourceType":"Patient","meta":{"versionId":"1"}}}]}""", true)]
    [InlineData("bdl-7", "entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()", """{"resourceType":"Bundle","entry":[{"fullUrl":"u"},{"fullUrl":"u"}]}""", false)]
    public void An_invariant_of_a_resource_is_decided(string name, string expression, string resource, bool holds) =>
        Assert.Equal((name, holds), (name, FhirPathOn.Resource(resource).Decide(expression)!.Value));

    [Theory]
    [InlineData("qty-3", "code.empty() or system.exists()", "Quantity", """{"value":1,"code":"mg"}""", false)]
    [InlineData("qty-3", "code.empty() or system.exists()", "Age", """{"value":1,"code":"a","system":"http://unitsofmeasure.org"}""", true)]
    [InlineData("per-1", Per1, "Period", """{"start":"2020-01-01","end":"2020-01-02"}""", true)]
    [InlineData("per-1", Per1, "Period", """{"start":"2020-01-03","end":"2020-01-02"}""", false)]
    [InlineData("per-1, open", Per1, "Period", """{"start":"2020-01-03"}""", true)]
    [InlineData("per-1, a year and one of its days", Per1, "Period", """{"start":"2020","end":"2020-01-02"}""", null)]
    [InlineData("per-1, an offset and none, days apart", Per1, "Period", """{"start":"2020-01-04T10:00:00Z","end":"2020-01-02T10:00:00"}""", false)]
    [InlineData("ext-1", "extension.exists() != value.exists()", "Extension", """{"url":"u","valueBoolean":false}""", true)]
    [InlineData("ext-1", "extension.exists() != value.exists()", "Extension", """{"url":"u","valueBoolean":false,"extension":[{"url":"v"}]}""", false)]
    [InlineData("ext-1", "extension.exists() != value.exists()", "Extension", """{"url":"u"}""", false)]
    [InlineData("ele-1", Ele1, "HumanName", """{"id":"a"}""", false)]
    [InlineData("ele-1", Ele1, "HumanName", """{"id":"a","text":"b"}""", true)]
    [InlineData("rng-2, other units", "low.empty() or high.empty() or (low <= high)", "Range", """{"low":{"value":2,"code":"g","system":"http://unitsofmeasure.org"},"high":{"value":3000,"code":"mg","system":"http://unitsofmeasure.org"}}""", true)]
    [InlineData("rng-2, other units", "low.empty() or high.empty() or (low <= high)", "Range", """{"low":{"value":4,"code":"g","system":"http://unitsofmeasure.org"},"high":{"value":3000,"code":"mg","system":"http://unitsofmeasure.org"}}""", false)]
    [InlineData("tim-9", "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))", "Timing.repeat", """{"offset":5,"when":["ACM"]}""", true)]
    [InlineData("tim-9", "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))", "Timing.repeat", """{"offset":5,"when":["CM"]}""", false)]
    public void An_invariant_of_an_element_is_decided(string name, string expression, string type, string element, bool? holds) =>
        Assert.Equal((name, holds), (name, FhirPathOn.Element(type, element).Decide(expression)));

    [Theory]
    [InlineData("#p", true)]
    [InlineData("#q", false)]
    [InlineData("Patient/1", true)]
    public void A_local_reference_must_be_contained_in_the_outermost_resource(string reference, bool holds)
    {
        var root = FhirPathOn.Resource("""{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"p"}]}""");
        var element = FhirPathOn.Element("Reference", $$"""{"reference":"{{reference}}"}""");

        Assert.Equal(holds, element.Decide(Ref1, root, new() { RootResource = root }));
    }

    [Fact]
    public void What_cannot_be_decided_breaks_no_invariant()
    {
        var named = FhirPathOn.Element("Reference", """{"display":"Dr A"}""");
        var ref1 = FhirPathExpression.Compile(Ref1);

        Assert.Null(ref1.Decide(named));
        Assert.True(ref1.IsTrue(named));
    }

    [Fact]
    public void An_empty_narrative_and_a_script_are_noticed()
    {
        const string Xmlns = "xmlns='http://www.w3.org/1999/xhtml'";

        Assert.True(Html($"<div {Xmlns}><p class='a'>b</p></div>"));
        Assert.False(Html($"<div {Xmlns}> </div>"));
        Assert.False(Html($"<div {Xmlns}><script>a</script></div>"));
        Assert.False(Html($"<div {Xmlns}><p onclick='a'>b</p></div>"));
        Assert.False(Html($"<div {Xmlns}><a href='javascript:a'>b</a></div>"));
        Assert.False(Html($"<!DOCTYPE div [<!ENTITY a 'b'>]><div {Xmlns}>&a;</div>"));
        Assert.False(Html("<div>b"));
    }

    private static bool? Html(string div) => FhirPathOn.Element("xhtml", System.Text.Json.JsonSerializer.Serialize(div)).Decide("htmlChecks()");
}

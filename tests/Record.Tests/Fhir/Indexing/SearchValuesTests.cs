using System.Text.Json;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Indexing;

/// <summary>What a resource is found by. https://hl7.org/fhir/R4/search.html#ptypes and docs/adr/0009.</summary>
public class SearchValuesTests
{
    private static SearchValues Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SearchValues.Of(document.RootElement.GetProperty("resourceType").GetString()!, "own", document.RootElement);
    }

    private static string[] Values(SearchValues of, string parameter, SearchForm form = SearchForm.Plain) =>
        [.. of.Values.Where(v => v.Parameter.Name == parameter && v.Form == form).Select(v => v.System is null ? v.Value ?? "" : $"{v.System}|{v.Value}")];

    private const string Observation = """
        {"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1/_history/3"},
         "code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Body Height"}],"text":"Height"},
         "performer":[{"identifier":{"system":"urn:gmc","value":"77"}}],
         "effectiveDateTime":"2025-03-04","valueQuantity":{"value":1.70,"system":"http://unitsofmeasure.org","code":"m","unit":"metres"},
         "component":[{"code":{"coding":[{"system":"s","code":"a"}]},"valueQuantity":{"value":1,"code":"kg"}},{"code":{"coding":[{"system":"s","code":"b"}]},"valueQuantity":{"value":2,"code":"kg"}}]}
        """;

    [Fact]
    public void The_own_patient_has_no_row_and_is_told_apart()
    {
        var values = Of(Observation);

        Assert.Equal("p1", values.Patient);
        Assert.Empty(Values(values, "subject"));
        Assert.Empty(Values(values, "patient"));
    }

    [Theory]
    [InlineData("code", SearchForm.Plain, "http://loinc.org|8302-2")]
    [InlineData("code", SearchForm.Text, "body height,height")]
    [InlineData("encounter", SearchForm.Plain, "Encounter/e1")]
    [InlineData("performer", SearchForm.Identifier, "urn:gmc|77")]
    [InlineData("value-quantity", SearchForm.Plain, "http://unitsofmeasure.org|m")]
    [InlineData("component-code-value-quantity", SearchForm.Plain, "s|a\u0002kg,s|b\u0002kg")]
    [InlineData("combo-code", SearchForm.Plain, "")]
    [InlineData("code-value-quantity", SearchForm.Plain, "")]
    internal void A_parameter_has_the_rows(string parameter, SearchForm form, string expected) =>
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), Values(Of(Observation), parameter, form).Order());

    [Fact]
    public void A_code_carries_the_date_by_which_its_resource_is_sorted()
    {
        var code = Of(Observation).Values.Single(v => v.Parameter.Name == "code" && v.Form == SearchForm.Plain);

        Assert.Equal(new DateTimeOffset(2025, 3, 4, 0, 0, 0, TimeSpan.Zero), code.Low);
    }

    [Fact]
    public void Unions_and_composites_of_the_resource_name_what_they_consist_of()
    {
        var observation = SearchParameters.Of("Observation");

        Assert.Equal(["code", "component-code"], observation["combo-code"].UnionOf.Select(p => p.Name).Order());
        Assert.Equal(["code", "value-quantity"], observation["code-value-quantity"].Components.Select(c => c.Parameter.Name));
        Assert.Equal(["code-value-quantity", "component-code-value-quantity"], observation["combo-code-value-quantity"].UnionOf.Select(p => p.Name).Order());
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2024-01-01"}""", "deceased", "true")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":false}""", "deceased", "false")]
    [InlineData("""{"resourceType":"Patient","telecom":[{"system":"phone","value":"01702"},{"system":"email","value":"a@b"}]}""", "phone", "phone|01702")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"O'Dónnell"}]}""", "family", "o'donnell\u0001O'Dónnell")]
    [InlineData("""{"resourceType":"Encounter","status":"finished","participant":[{"individual":{"reference":"https://elsewhere.test/fhir/Practitioner/9"}}]}""", "practitioner", "https://elsewhere.test/fhir/Practitioner/9")]
    public void Forms_that_are_easily_forgotten(string json, string parameter, string expected) => Assert.Equal([expected], Values(Of(json), parameter));
}

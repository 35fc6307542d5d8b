using Xunit;

namespace Record.Tests.FhirPath;

/// <summary>Primitives whose value, or whose extensions, stand alone. https://hl7.org/fhir/R4/json.html#primitive</summary>
public class PrimitiveTests
{
    private const string Patient = """
        {
          "resourceType": "Patient",
          "_birthDate": { "id": "b", "extension": [{ "url": "reason", "valueCode": "unknown" }] },
          "active": true,
          "_active": { "extension": [{ "url": "said-by", "valueString": "GP" }] },
          "_deceasedDateTime": { "extension": [{ "url": "reason", "valueCode": "unknown" }] },
          "name": [{
            "given": ["Ann", null, null],
            "_given": [null, { "extension": [{ "url": "initial", "valueString": "B" }] }],
            "_family": { "extension": [{ "url": "withheld" }] }
          }]
        }
        """;

    [Theory]
    [InlineData("birthDate.exists()", true)]
    [InlineData("birthDate.hasValue()", false)]
    [InlineData("birthDate.extension('reason').value = 'unknown'", true)]
    [InlineData("birthDate.id = 'b'", true)]
    [InlineData("birthDate < today()", null)]
    [InlineData("birthDate is date", true)]
    [InlineData("active.extension('said-by').value = 'GP'", true)]
    [InlineData("active.hasValue() and active", true)]
    [InlineData("deceased.exists()", true)]
    [InlineData("deceased is dateTime", true)]
    [InlineData("deceased.extension.value = 'unknown'", true)]
    [InlineData("name.given.count() = 2", true)]
    [InlineData("name.given[1].extension('initial').value = 'B'", true)]
    [InlineData("name.given[0].extension.empty()", true)]
    [InlineData("name.family.exists() and name.family.hasValue().not()", true)]
    [InlineData("name.children().count() = 3", true)]
    [InlineData("children().count() = 4", true)]
    [InlineData("descendants().where($this is Extension).count() = 5", true)]
    [InlineData("birthDate = birthDate", true)]
    [InlineData("birthDate = deceased", false)]
    public void A_primitive_is_there_with_its_extensions_alone(string expression, bool? answer) =>
        Assert.Equal(answer, FhirPathOn.Resource(Patient).Decide(expression));

    [Fact]
    public void Extras_given_with_an_element_are_seen()
    {
        var date = FhirPathOn.Element("date", "\"2020-01-01\"", """{"extension":[{"url":"a","valueInteger":1}]}""");

        Assert.Equal(["1"], date.Select("extension('a').value"));
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","\u0061ctive":true}""", "active")]
    [InlineData("""{"resourceType":"Patient","deceased\u0042oolean":true}""", "deceased")]
    [InlineData("""{"resourceType":"Patient","\u0061ctive":true}""", "children()")]
    [InlineData("""{"resourceType":"Patient","birthDate":"20\u00320-01-01"}""", "birthDate = @2020-01-01")]
    public void A_name_written_with_escapes_is_the_same_name(string resource, string expression) =>
        Assert.Equal(["true"], FhirPathOn.Resource(resource).Select(expression));

    [Theory]
    [InlineData("birthDate", """ "birthDate":"2020-13-01" """)]
    [InlineData("birthDate", """ "birthDate":20200101 """)]
    [InlineData("active", """ "active":"true" """)]
    [InlineData("multipleBirth", """ "multipleBirthInteger":1.5 """)]
    [InlineData("multipleBirth", """ "multipleBirthInteger":1e400 """)]
    public void A_value_that_its_type_does_not_allow_has_no_System_value(string element, string property)
    {
        var patient = FhirPathOn.Resource($$"""{"resourceType":"Patient",{{property}}}""");

        Assert.Equal((true, true), (patient.Decide($"{element}.exists()"), patient.Decide($"{element}.getValue().empty()")));
    }

    [Theory]
    [InlineData("value", "1.10")]
    [InlineData("value", "0.00000000000000000001")]
    [InlineData("value", "12345678901234567890.12345678")]
    public void The_digits_of_a_number_are_kept(string element, string number) =>
        Assert.Equal([number], FhirPathOn.Element("Quantity", $$"""{"{{element}}":{{number}}}""").Select("value.toString()"));
}

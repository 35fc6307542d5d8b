using System.Net;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>FHIR patch by JSON Patch (RFC 6902). https://hl7.org/fhir/R4/http.html#patch</summary>
public class PatchTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Observation = """{"resourceType":"Observation","status":"preliminary","code":{"text":"x"},"valueQuantity":{"value":1.50,"unit":"mg"},"note":[{"text":"a"},{"text":"b"}]}""";

    private async Task<FhirResponse> Patched(string patch, params (string Name, string Value)[] headers) => await api.Patch($"/Observation/{(await api.Post("/Observation", Observation)).Id}", patch, headers);

    [Theory]
    [InlineData("""[{"op":"replace","path":"/status","value":"final"}]""", "\"status\":\"final\"")]
    [InlineData("""[{"op":"add","path":"/note/1","value":{"text":"c"}}]""", """[{"text":"a"},{"text":"c"},{"text":"b"}]""")]
    [InlineData("""[{"op":"add","path":"/note/-","value":{"text":"c"}}]""", """[{"text":"a"},{"text":"b"},{"text":"c"}]""")]
    [InlineData("""[{"op":"remove","path":"/note/0"}]""", "\"note\":[{\"text\":\"b\"}]")]
    [InlineData("""[{"op":"move","from":"/note/0","path":"/note/1"}]""", """[{"text":"b"},{"text":"a"}]""")]
    [InlineData("""[{"op":"copy","from":"/note/0","path":"/note/-"}]""", """[{"text":"a"},{"text":"b"},{"text":"a"}]""")]
    [InlineData("""[{"op":"test","path":"/valueQuantity/value","value":1.5},{"op":"replace","path":"/valueQuantity/unit","value":"g"}]""", """{"value":1.50,"unit":"g"}""")]
    public async Task A_patch_changes_what_it_names_and_keeps_the_digits_of_the_rest(string patch, string expected)
    {
        var answer = await Patched(patch);

        Assert.Equal((HttpStatusCode.OK, "W/\"2\""), (answer.Status, answer.Header("ETag")));
        Assert.Contains(expected, answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"value\":1.50", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "fhir.not-a-patch")]
    [InlineData("""[{"op":"grow","path":"/status"}]""", HttpStatusCode.BadRequest, "fhir.bad-patch")]
    [InlineData("""[{"op":"replace","path":"status","value":"final"}]""", HttpStatusCode.BadRequest, "fhir.bad-patch")]
    [InlineData("""[{"op":"add","path":"/status"}]""", HttpStatusCode.BadRequest, "fhir.bad-patch")]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", HttpStatusCode.UnprocessableEntity, "fhir.patch-path")]
    [InlineData("""[{"op":"add","path":"/note/7","value":{}}]""", HttpStatusCode.UnprocessableEntity, "fhir.patch-path")]
    [InlineData("""[{"op":"test","path":"/status","value":"final"}]""", HttpStatusCode.UnprocessableEntity, "fhir.patch-test")]
    [InlineData("""[{"op":"replace","path":"/id","value":"other"}]""", HttpStatusCode.BadRequest, "fhir.other-id")]
    [InlineData("""[{"op":"replace","path":"/resourceType","value":"Patient"}]""", HttpStatusCode.BadRequest, "fhir.other-type")]
    public async Task A_patch_that_cannot_be_applied_changes_nothing(string patch, HttpStatusCode status, string code)
    {
        var answer = await Patched(patch);

        Assert.Equal((status, code), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task A_patch_of_another_version_or_of_nothing_fails()
    {
        const string Patch = """[{"op":"replace","path":"/status","value":"final"}]""";

        var conflict = await Patched(Patch, ("If-Match", "W/\"5\""));
        var nothing = await api.Patch("/Observation/never-there", Patch);
        var noMatch = await api.Patch("/Observation?identifier=urn:x|never", Patch);
        var fhirPath = await api.Send(HttpMethod.Patch, "/Observation/x", """{"resourceType":"Parameters"}""");

        Assert.Equal((HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotImplemented), (conflict.Status, nothing.Status, noMatch.Status, fhirPath.Status));
    }
}

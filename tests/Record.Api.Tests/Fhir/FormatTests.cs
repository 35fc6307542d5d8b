using System.Net;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>Formats, methods and sign-in. https://hl7.org/fhir/R4/http.html#mime-type</summary>
public class FormatTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Patient = """{"resourceType":"Patient","active":true}""";

    [Theory]
    [InlineData("application/fhir+json", HttpStatusCode.OK)]
    [InlineData("application/fhir+json; fhirVersion=4.0", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("text/html, */*;q=0.8", HttpStatusCode.OK)]
    [InlineData("application/fhir+xml, application/fhir+json;q=0.5", HttpStatusCode.OK)]
    [InlineData("application/fhir+xml", HttpStatusCode.NotAcceptable)]
    [InlineData("application/fhir+json; fhirVersion=5.0", HttpStatusCode.NotAcceptable)]
    public async Task Answers_are_JSON_of_R4(string accept, HttpStatusCode status)
    {
        var answer = await api.Get("/metadata", ("Accept", accept));

        Assert.Equal((status, "application/fhir+json; charset=utf-8"), (answer.Status, answer.ContentType));
    }

    [Theory]
    [InlineData("json", HttpStatusCode.OK)]
    [InlineData("application/fhir%2Bjson", HttpStatusCode.OK)]
    [InlineData("application/fhir+json", HttpStatusCode.OK)]
    [InlineData("xml", HttpStatusCode.NotAcceptable)]
    public async Task The_parameter_format_outdoes_the_header(string format, HttpStatusCode status)
    {
        var answer = await api.Get($"/metadata?_format={format}", ("Accept", "application/fhir+xml"));

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("application/fhir+json", HttpStatusCode.Created)]
    [InlineData("application/json;charset=UTF-8", HttpStatusCode.Created)]
    [InlineData("application/fhir+json; fhirVersion=4.0", HttpStatusCode.Created)]
    [InlineData("application/fhir+json; charset=iso-8859-1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/fhir+xml", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task Bodies_are_JSON_in_UTF_8(string mediaType, HttpStatusCode status)
    {
        var answer = await api.Send(HttpMethod.Post, "/Patient", Patient, mediaType: mediaType);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_take_is_answered_by_those_it_takes()
    {
        var answer = await api.Put("/Patient/x/_history/1", Patient);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal("GET, HEAD", answer.Header("Allow"));
        Assert.Equal("fhir.method-not-allowed", answer.Error);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized, "login")]
    [InlineData("board-member", HttpStatusCode.Forbidden, "forbidden")]
    public async Task Who_may_not_is_told_by_an_OperationOutcome(string role, HttpStatusCode status, string issue)
    {
        var read = await api.Send(HttpMethod.Get, "/Patient/x", role: role);
        var write = await api.Send(HttpMethod.Post, "/Patient", Patient, role);

        Assert.Equal((status, issue), (read.Status, read.Issue));
        Assert.Equal((status, issue), (write.Status, write.Issue));
    }

    [Theory]
    [InlineData("GET", "/Patient/$export", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/$export", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/Patient/x/$summary", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/Observation/$lastn", HttpStatusCode.NotImplemented)]
    [InlineData("POST", "/Observation/$lastn", HttpStatusCode.NotImplemented)]
    [InlineData("GET", "/Patient/x/$unheard-of", HttpStatusCode.NotFound)]
    public async Task An_operation_that_is_not_offered_is_refused_by_name(string method, string path, HttpStatusCode status)
    {
        var answer = await api.Send(new HttpMethod(method), path);

        Assert.Equal((status, "not-supported"), (answer.Status, answer.Issue));
        if (status == HttpStatusCode.NotImplemented) Assert.Contains(path[path.IndexOf('$', StringComparison.Ordinal)..], answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capabilities_name_every_type_and_what_it_offers()
    {
        var statement = (await api.Send(HttpMethod.Get, "/metadata", role: "")).Json;

        Assert.Equal(("CapabilityStatement", "4.0.1"), (statement.GetProperty("resourceType").GetString(), statement.GetProperty("fhirVersion").GetString()));
        var types = statement.GetProperty("rest")[0].GetProperty("resource");
        Assert.Equal(146, types.GetArrayLength());
        var patient = types.EnumerateArray().Single(type => type.GetProperty("type").GetString() == "Patient");
        Assert.Contains("patch", patient.GetProperty("interaction").EnumerateArray().Select(interaction => interaction.GetProperty("code").GetString()));
        Assert.Contains("birthdate", patient.GetProperty("searchParam").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
    }
}

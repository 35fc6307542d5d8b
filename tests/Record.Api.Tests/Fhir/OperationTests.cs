using System.Net;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>$validate, $meta and $everything. https://hl7.org/fhir/R4/operations.html</summary>
public class OperationTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Good = """{"resourceType":"Observation","status":"final","code":{"text":"x"}}""";
    private const string Bad = """{"resourceType":"Observation","status":"unheard-of","code":{"text":"x"},"colour":"blue"}""";

    [Theory]
    [InlineData("/Observation/$validate", Good, "information")]
    [InlineData("/Observation/$validate", Bad, "error")]
    [InlineData("/$validate", Bad, "error")]
    [InlineData("/Patient/$validate", Good, "error")]
    [InlineData("/Observation/$validate", """{"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"create"},{"name":"resource","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"}}}]}""", "information")]
    public async Task A_validation_tells_what_is_wrong_and_writes_nothing(string path, string body, string gravest)
    {
        var answer = await api.Post(path, body);

        Assert.Equal((HttpStatusCode.OK, "OperationOutcome"), (answer.Status, answer.Json.GetProperty("resourceType").GetString()));
        var severities = answer.Json.GetProperty("issue").EnumerateArray().Select(issue => issue.GetProperty("severity").GetString()).ToList();
        if (gravest == "error") Assert.Contains(severities, severity => severity is "error" or "fatal");
        else Assert.DoesNotContain(severities, severity => severity is "error" or "fatal");
    }

    [Fact]
    public async Task Every_fault_of_a_write_is_told_with_its_place()
    {
        var answer = await api.Post("/Observation", Bad);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "fhir.invalid-resource"), (answer.Status, answer.Error));
        var places = answer.Json.GetProperty("issue").EnumerateArray().Select(issue => issue.GetProperty("expression")[0].GetString()).ToList();
        Assert.Contains("Observation.status", places);
        Assert.Contains("Observation.colour", places);
        Assert.DoesNotContain("unheard-of", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_added_read_and_deleted()
    {
        var id = (await api.Post("/Observation", Good)).Id;
        const string Tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:x","code":"y"}]}}]}""";

        var added = await api.Post($"/Observation/{id}/$meta-add", Tag);
        var read = await api.Get($"/Observation/{id}/$meta");
        var deleted = await api.Post($"/Observation/{id}/$meta-delete", Tag);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (added.Status, read.Status, deleted.Status));
        Assert.Equal("y", read.Json.GetProperty("parameter")[0].GetProperty("valueMeta").GetProperty("tag")[0].GetProperty("code").GetString());
        Assert.False(deleted.Json.GetProperty("parameter")[0].GetProperty("valueMeta").TryGetProperty("tag", out _));
    }

    [Fact]
    public async Task What_the_resources_of_a_type_carry_is_told_once()
    {
        const string Flag = """{"resourceType":"Basic","meta":{"profile":["https://example.test/p"],"tag":[{"system":"urn:a","code":"z"},{"system":"urn:b","code":"z"}]},"code":{"text":"x"}}""";
        await api.Post("/Basic", Flag);
        await api.Post("/Basic", Flag);

        var ofType = await api.Get("/Basic/$meta");
        var ofAll = await api.Get("/$meta");
        var ofNone = await api.Get("/VisionPrescription/$meta");

        var meta = ofType.Json.GetProperty("parameter")[0].GetProperty("valueMeta");
        Assert.Equal(["urn:a|z", "urn:b|z"], meta.GetProperty("tag").EnumerateArray().Select(tag => $"{tag.GetProperty("system")}|{tag.GetProperty("code")}"));
        Assert.Equal("https://example.test/p", Assert.Single(meta.GetProperty("profile").EnumerateArray()).GetString());
        Assert.Contains("https://example.test/p", ofAll.Text, StringComparison.Ordinal);
        Assert.False(ofNone.Json.TryGetProperty("parameter", out _));
    }

    [Fact]
    public async Task Everything_of_a_patient_comes_in_one_bundle()
    {
        var patient = (await api.Post("/Patient", """{"resourceType":"Patient"}""")).Id;
        for (var i = 0; i < 3; i++) await api.Post("/Observation", $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{patient}}"} }""");

        var all = await api.Get($"/Patient/{patient}/$everything");
        var some = await api.Send(HttpMethod.Post, $"/Patient/{patient}/$everything", """{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"Observation"},{"name":"_count","valueInteger":2}]}""");
        var never = await api.Get("/Patient/never-there/$everything");

        Assert.Equal((HttpStatusCode.OK, 4), (all.Status, all.Json.GetProperty("entry").GetArrayLength()));
        Assert.Equal((HttpStatusCode.OK, 2), (some.Status, some.Json.GetProperty("entry").GetArrayLength()));
        Assert.Equal("next", some.Json.GetProperty("link")[1].GetProperty("relation").GetString());
        Assert.Equal(HttpStatusCode.NotFound, never.Status);
    }
}

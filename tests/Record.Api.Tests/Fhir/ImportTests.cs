using System.Net;
using System.Text.Json;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>$import of ndjson, with the asynchronous pattern. https://hl7.org/fhir/R4/async.html</summary>
public class ImportTests(RecordApi api) : IClassFixture<RecordApi>
{
    private async Task<FhirResponse> Import(string body, string mediaType = "application/fhir+ndjson", string role = "system") => await api.Send(HttpMethod.Post, "/$import", body, role, mediaType, ("Prefer", "respond-async"));

    private async Task<FhirResponse> Finished(FhirResponse started)
    {
        for (var i = 0; i < 600; i++)
        {
            var status = await api.Send(HttpMethod.Get, started.Header("Content-Location")!, role: "system");
            if (status.Status != HttpStatusCode.Accepted) return status;
            Assert.Matches("^[0-9]+ of [0-9]+ lines$", status.Header("X-Progress"));
            await Task.Delay(100);
        }

        throw new TimeoutException("The import does not end.");
    }

    [Fact]
    public async Task Lines_become_resources_and_each_refused_line_is_reported()
    {
        var lines = Enumerable.Range(1, 1234).Select(i => i switch
        {
            700 => "{\"resourceType\":\"Patient\"",
            801 => """{"resourceType":"Nothing"}""",
            902 => "",
            _ => $$"""{"resourceType":"Observation","id":"imp-{{i}}","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.{{i}}0} }""",
        });

        var started = await Import(string.Join('\n', lines));
        var done = await Finished(started);

        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        Assert.StartsWith(api.Base + "/$import-status/", started.Header("Content-Location"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Equal(1231, done.Json.GetProperty("output")[0].GetProperty("count").GetInt64());
        Assert.Equal(2, done.Json.GetProperty("error")[0].GetProperty("count").GetInt64());
        Assert.Equal([700, 801], done.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("line").GetInt32()));
        Assert.Contains("\"value\":1.12340", (await api.Get("/Observation/imp-1234")).Text, StringComparison.Ordinal);
        var errors = (await api.Send(HttpMethod.Get, done.Json.GetProperty("error")[0].GetProperty("url").GetString()!, role: "system")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["OperationOutcome", "OperationOutcome"], errors.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("outcome").GetProperty("resourceType").GetString()));
    }

    [Fact]
    public async Task Pieces_that_write_the_same_resources_at_once_and_crosswise_lose_no_line()
    {
        string Line(int i, int round) => $$"""{"resourceType":"Basic","id":"cross-{{i}}","code":{"text":"round {{round}}"} }""";
        var lines = Enumerable.Range(1, 60).SelectMany(round => Enumerable.Range(1, 100).Select(i => Line(round % 7 < 3 ? i : 101 - i, round)));

        var done = await Finished(await Import(string.Join('\n', lines)));

        Assert.Equal(6000, done.Json.GetProperty("output")[0].GetProperty("count").GetInt32());
        Assert.Equal(0, done.Json.GetProperty("error").GetArrayLength());
        Assert.Equal("60", (await api.Get("/Basic/cross-1")).Json.GetProperty("meta").GetProperty("versionId").GetString());
    }

    [Fact]
    public async Task Several_files_are_reported_by_their_names()
    {
        const string Body = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Patient.ndjson\"\r\n\r\n{\"resourceType\":\"Patient\",\"id\":\"part-1\"}\n{\"resourceType\":\"Patient\",\"id\":\"part-2\"}\n\r\n--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Other.ndjson\"\r\n\r\n[]\n\r\n--cut--\r\n";

        var done = await Finished(await Import(Body, "multipart/form-data; boundary=cut"));

        Assert.Equal(["Patient.ndjson", "Other.ndjson"], done.Json.GetProperty("output").EnumerateArray().Select(input => input.GetProperty("inputUrl").GetString()));
        Assert.Equal([2, 0], done.Json.GetProperty("output").EnumerateArray().Select(input => input.GetProperty("count").GetInt32()));
        Assert.Equal("Other.ndjson", done.Json.GetProperty("errors")[0].GetProperty("file").GetString());
        Assert.Equal(HttpStatusCode.OK, (await api.Get("/Patient/part-2")).Status);
    }

    [Fact]
    public async Task Addresses_are_not_fetched_and_only_systems_import()
    {
        var named = await Import(Naming("http://127.0.0.1/secret"), "application/fhir+json");
        var outside = await Import(Naming("../Record.Api.dll"), "application/fhir+json");
        var absolute = await Import(Naming("/etc/passwd"), "application/fhir+json");
        var clinician = await Import("{}", role: "mental-health-clinician");
        var text = await Import("{}", "text/plain");

        Assert.All([named, outside, absolute], answer => Assert.Equal((HttpStatusCode.BadRequest, "fhir.import-file"), (answer.Status, answer.Error)));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.UnsupportedMediaType), (clinician.Status, text.Status));
    }

    private static string Naming(string file) => $$"""{"resourceType":"Parameters","parameter":[{"name":"input","part":[{"name":"type","valueCode":"Basic"},{"name":"url","valueUri":"{{file}}"}]}]}""";

    [Fact]
    public async Task Files_of_the_import_folder_are_imported_by_their_names()
    {
        await File.WriteAllTextAsync(Path.Combine(RecordApi.ImportFolder, "Basic.ndjson"), """{"resourceType":"Basic","id":"from-file","code":{"text":"x"}}""");

        var done = await Finished(await Import(Naming("Basic.ndjson"), "application/fhir+json"));

        Assert.Equal("Basic.ndjson", done.Json.GetProperty("output")[0].GetProperty("inputUrl").GetString());
        Assert.Equal(HttpStatusCode.OK, (await api.Get("/Basic/from-file")).Status);
    }

    [Fact]
    public async Task A_cancelled_import_is_no_more()
    {
        var started = await Import(string.Join('\n', Enumerable.Range(1, 20_000).Select(i => $$"""{"resourceType":"Basic","id":"cancel-{{i}}","code":{"text":"x"} }""")));

        var cancelled = await api.Send(HttpMethod.Delete, started.Header("Content-Location")!, role: "system");

        Assert.Equal(HttpStatusCode.Accepted, cancelled.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Send(HttpMethod.Get, started.Header("Content-Location")!, role: "system")).Status);
    }
}

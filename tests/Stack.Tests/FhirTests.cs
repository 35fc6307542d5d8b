using System.Net;
using System.Text.Json;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>The stack without simulated people.</summary>
public sealed class QuietAppHost : IAsyncLifetime
{
    public RunningAppHost Stack { get; } = new();

    public Task InitializeAsync() => Stack.Start("--Simulator:Enabled=false");

    public async Task DisposeAsync() => await Stack.DisposeAsync();
}

/// <summary>FHIR R4 over HTTP as another system sees it. https://hl7.org/fhir/R4/http.html</summary>
public class FhirTests(QuietAppHost host) : IClassFixture<QuietAppHost>
{
    private Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body = null) => host.Stack.Send(method, "record-api", "fhir" + path, null, body);

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    [Fact]
    public async Task A_resource_lives_from_create_to_delete_and_its_bytes_are_kept()
    {
        using var created = await Send(HttpMethod.Post, "/Observation", """{"resourceType":"Observation","status":"final","code":{"text":"caf\u00e9"},"valueQuantity":{"value":1.50,"unit":"mg"}}""");
        var id = (await Json(created)).GetProperty("id").GetString();
        using var read = await Send(HttpMethod.Get, $"/Observation/{id}");
        var text = await read.Content.ReadAsStringAsync();
        using var updated = await Send(HttpMethod.Put, $"/Observation/{id}", $$"""{"resourceType":"Observation","id":"{{id}}","status":"amended","code":{"text":"x"} }""");
        using var first = await Send(HttpMethod.Get, $"/Observation/{id}/_history/1");
        using var deleted = await Send(HttpMethod.Delete, $"/Observation/{id}");
        using var gone = await Send(HttpMethod.Get, $"/Observation/{id}");
        using var history = await Send(HttpMethod.Get, $"/Observation/{id}/_history");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.EndsWith($"/fhir/Observation/{id}/_history/1", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("W/\"1\"", read.Headers.ETag!.ToString());
        Assert.Contains("""caf\u00e9""", text, StringComparison.Ordinal);
        Assert.Contains("\"value\":1.50,", text, StringComparison.Ordinal);
        Assert.Equal("W/\"2\"", updated.Headers.ETag!.ToString());
        Assert.Equal("final", (await Json(first)).GetProperty("status").GetString());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Gone), (deleted.StatusCode, gone.StatusCode));
        Assert.Equal(3, (await Json(history)).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/Patient", "{", HttpStatusCode.BadRequest, "fhir.not-json")]
    [InlineData("/Patient", """{"resourceType":"Patient","active":true,"active":false}""", HttpStatusCode.UnprocessableEntity, "fhir.duplicate-key")]
    [InlineData("/Patient", """{"resourceType":"Observation"}""", HttpStatusCode.BadRequest, "fhir.other-type")]
    [InlineData("/Patient", "[]", HttpStatusCode.BadRequest, "fhir.not-a-resource")]
    [InlineData("/Nothing", """{"resourceType":"Nothing"}""", HttpStatusCode.NotFound, "fhir.unknown-type")]
    [InlineData("", """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Nothing"}}]}""", HttpStatusCode.BadRequest, "fhir.bad-entry")]
    public async Task What_is_wrong_is_said_in_an_OperationOutcome(string path, string body, HttpStatusCode status, string code)
    {
        using var answer = await Send(HttpMethod.Post, path, body);

        Assert.Equal(status, answer.StatusCode);
        var outcome = await Json(answer);
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
        Assert.Equal(code, outcome.GetProperty("issue")[0].GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_parameter_that_cannot_be_searched_is_named_in_the_answer()
    {
        using var answer = await Send(HttpMethod.Get, "/Patient?favourite-colour=blue");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("favourite-colour", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_resolves_its_own_references_and_is_taken_whole_or_not_at_all()
    {
        const string Entries = """
            {"fullUrl":"urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-000000000001","resource":{"resourceType":"Patient","name":[{"family":"Transaction"}]},"request":{"method":"POST","url":"Patient"}},
            {"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-000000000001"}},"request":{"method":"POST","url":"Observation"}}
            """;
        using var good = await Send(HttpMethod.Post, "", $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Entries}}] }""");
        using var bad = await Send(HttpMethod.Post, "", $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Entries.Replace("Transaction", "Halfway", StringComparison.Ordinal)}},{"resource":{"resourceType":"Patient","id":"never-there"},"request":{"method":"PUT","url":"Patient/never-there","ifMatch":"W/\"9\""} }] }""");
        using var found = await Send(HttpMethod.Get, "/Patient?family=Transaction");
        using var half = await Send(HttpMethod.Get, "/Patient?family=Halfway");

        var patient = (await Json(found)).GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();
        using var observations = await Send(HttpMethod.Get, $"/Observation?patient={patient}");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Equal(1, (await Json(observations)).GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.PreconditionFailed, bad.StatusCode);
        Assert.Equal(0, (await Json(half)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Everything_goes_through_the_person_across_source_systems()
    {
        foreach (var source in (string[])["basildon-pas", "southend-pas"])
            Assert.Contains("MSA|CA", await host.Stack.SendV2($"""
                MSH|^~\&|{source}|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A28^ADT_A05|every-{source}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
                EVN|A28|20260104101500
                PID|1||E1^^^{source}^PI~9990000026^^^NHS^NH||EVERY^Thing||19600101|M||||||||||||||||||||||||01
                """), StringComparison.Ordinal);

        var all = await RunningAppHost.Until(async () =>
        {
            var found = await Json(await Send(HttpMethod.Get, "/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000026"));
            if (found.GetProperty("total").GetInt32() < 2) return null;
            var id = found.GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();
            var types = (await Json(await Send(HttpMethod.Get, $"/Patient/{id}/$everything"))).GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource").GetProperty("resourceType").GetString()!).ToList();
            return types.Count == 3 ? types : null;
        }, "both patients and the person");

        Assert.Equal(["Patient", "Patient", "Person"], all.Order());
    }
}

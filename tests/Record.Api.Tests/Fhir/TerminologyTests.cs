using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Testing;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>:in, :not-in, :above and :below where a terminology server is configured. https://hl7.org/fhir/R4/search.html#token</summary>
public sealed class TerminologyTests : IAsyncLifetime
{
    private const string Set = "https://example.test/ValueSet/heights";
    private readonly PostgresDatabase database = new();
    private readonly HttpClient http = new();
    private TestIssuer issuer = null!;
    private WebApplication server = null!;
    private WebApplication api = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        issuer = await TestIssuer.Start();
        server = await TerminologyServer();
        api = await Start(server.Urls.First() + "/fhir");
        foreach (var code in (string[])["body-height", "sitting-height", "weight", "with,comma|and bar"])
        {
            using var body = new StringContent($$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:measures","code":"{{code}}"}]} }""", Encoding.UTF8, "application/fhir+json");
            using var made = await Send(api, HttpMethod.Post, "Observation", body);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        await server.DisposeAsync();
        await issuer.DisposeAsync();
        await database.DisposeAsync();
        http.Dispose();
    }

    [Theory]
    [InlineData("code:in=" + Set, "body-height,sitting-height")]
    [InlineData("code:not-in=" + Set, "weight,with,comma|and bar")]
    [InlineData("code:below=urn:measures|height", "body-height,sitting-height")]
    [InlineData("code:above=urn:measures|body-height", "body-height")]
    [InlineData("code:in=https://example.test/ValueSet/odd", "with,comma|and bar")]
    [InlineData("code:in=https://example.test/ValueSet/empty", "")]
    [InlineData("code:not-in=https://example.test/ValueSet/empty", "body-height,sitting-height,weight,with,comma|and bar")]
    public async Task Codes_are_those_that_the_terminology_server_tells(string question, string expected)
    {
        using var found = await Send(api, HttpMethod.Get, "Observation?" + question.Replace("|", "%7C", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        var bundle = JsonDocument.Parse(await found.Content.ReadAsStringAsync()).RootElement;
        var codes = bundle.TryGetProperty("entry", out var entries)
            ? entries.EnumerateArray().Select(entry => entry.GetProperty("resource").GetProperty("code").GetProperty("coding")[0].GetProperty("code").GetString()).Order(StringComparer.Ordinal).ToArray() : [];
        Assert.Equal(expected, string.Join(',', codes));
    }

    [Theory]
    [InlineData("code:in=https://example.test/ValueSet/unknown", HttpStatusCode.BadRequest, "fhir.terminology-unknown")]
    [InlineData("code:in=https://example.test/ValueSet/huge", HttpStatusCode.BadRequest, "fhir.terminology-too-many")]
    [InlineData("code:in=not-an-address", HttpStatusCode.BadRequest, "fhir.search-value")]
    [InlineData("code:below=height", HttpStatusCode.BadRequest, "fhir.search-value")]
    [InlineData("code:in=https://example.test/ValueSet/no-json", HttpStatusCode.ServiceUnavailable, "fhir.terminology-unavailable")]
    public async Task What_cannot_be_answered_is_explained(string question, HttpStatusCode status, string code)
    {
        using var refused = await Send(api, HttpMethod.Get, "Observation?" + question);

        Assert.Equal(status, refused.StatusCode);
        Assert.Contains(code, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_apart_from_an_empty_answer()
    {
        await using var lonely = await Start($"http://127.0.0.1:{PostgresServer.FreePort()}/fhir");

        using var refused = await Send(lonely, HttpMethod.Get, "Observation?code:in=" + Set);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    private async Task<WebApplication> Start(string terminology)
    {
        var app = RecordApiHost.Build(RecordApi.Arguments(database, issuer, $"--Terminology:Server={terminology}", "--Terminology:MaxCodes=100", "--Terminology:Patience=00:00:05"));
        await app.StartAsync();
        return app;
    }

    private async Task<HttpResponseMessage> Send(WebApplication app, HttpMethod method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{app.Urls.First()}/fhir/{path}") { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token("system"));
        return await http.SendAsync(request);
    }

    // Answers as any terminology server does: heights, sitting and standing, in a nested expansion.
    private static async Task<WebApplication> TerminologyServer()
    {
        var app = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]).Build();
        static string Code(string code) => $$"""{"system":"urn:measures","code":{{JsonSerializer.Serialize(code)}}}""";
        static IResult Expansion(string contains) => Results.Text($$"""{"resourceType":"ValueSet","status":"active","expansion":{"contains":[{{contains}}]} }""", "application/fhir+json");
        var heights = $$"""{"system":"urn:measures","code":"height","abstract":true,"contains":[{{Code("body-height")}},{{Code("sitting-height")}}]}""";
        app.MapGet("/fhir/ValueSet/$expand", (string url) => url switch
        {
            Set => Expansion(heights),
            "https://example.test/ValueSet/odd" => Expansion(Code("with,comma|and bar")),
            "https://example.test/ValueSet/empty" => Expansion(""),
            "https://example.test/ValueSet/huge" => Expansion(string.Join(',', Enumerable.Range(0, 101).Select(n => Code($"c{n}")))),
            "https://example.test/ValueSet/no-json" => Results.Text("<html>busy</html>"),
            _ => Results.NotFound(),
        });
        app.MapPost("/fhir/ValueSet/$expand", (JsonElement question) =>
        {
            var filter = question.GetProperty("parameter")[0].GetProperty("resource").GetProperty("compose").GetProperty("include")[0].GetProperty("filter")[0];
            return (filter.GetProperty("op").GetString(), filter.GetProperty("value").GetString()) switch
            {
                ("is-a", "height") => Expansion(heights),
                ("generalizes", "body-height") => Expansion(Code("height") + "," + Code("body-height")),
                _ => Results.NotFound(),
            };
        });
        await app.StartAsync();
        return app;
    }
}

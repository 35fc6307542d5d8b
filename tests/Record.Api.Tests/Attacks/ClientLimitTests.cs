using System.Net;
using System.Net.Http.Headers;
using Testing;
using Xunit;

namespace Record.Api.Tests.Attacks;

/// <summary>Who asks too often hears when to come back; nobody else waits for it. Every answer has its headers.</summary>
public sealed class ClientLimitTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_client_over_its_limit_gets_429_with_Retry_After_and_another_client_does_not()
    {
        await using var issuer = await TestIssuer.Start();
        await using var app = RecordApiHost.Build(RecordApi.Arguments(database, issuer, "--RateLimits:PerSecond=5", "--RateLimits:AnonymousPerSecond=5"));
        await app.StartAsync();
        using var http = new HttpClient();
        async Task<HttpResponseMessage> Get(string path, string? user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.First() + path);
            if (user is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token(user: user));
            return await http.SendAsync(request);
        }

        var greedy = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Get("/fhir/Observation/none", "greedy")));
        using var other = await Get("/fhir/Observation/none", "other");
        var nobody = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Get("/people/x", null)));
        using var health = await Get("/alive", null);

        var refused = greedy.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Contains("\"code\":\"throttled\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal("application/problem+json", nobody.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Every_answer_forbids_to_guess_frame_and_run()
    {
        await using var issuer = await TestIssuer.Start();
        await using var app = RecordApiHost.Build(RecordApi.Arguments(database, issuer));
        await app.StartAsync();
        using var http = new HttpClient();
        foreach (var path in (string[])["/fhir/metadata", "/fhir/Patient/x", "/people/x", "/nowhere"])
        {
            using var answer = await http.GetAsync(new Uri(app.Urls.First() + path));
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }
}

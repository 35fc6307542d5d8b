using System.Net.Http.Headers;
using System.Text.Json;

namespace Simulator.Sending;

/// <summary>The record's API as a registered system sees it: signs in with client credentials and renews its token.</summary>
public sealed class RecordClient(Uri api, Uri issuer, TimeProvider clock) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = api, Timeout = TimeSpan.FromSeconds(60) };
    private readonly SemaphoreSlim signingIn = new(1);
    private string? token;
    private DateTimeOffset ends;

    public void Dispose()
    {
        http.Dispose();
        signingIn.Dispose();
    }

    public async Task<HttpResponseMessage> Post(string path, HttpContent content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token(cancellation));
        return await http.SendAsync(request, cancellation);
    }

    public async Task<JsonElement> Get(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token(cancellation));
        using var answer = await http.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    private async Task<string> Token(CancellationToken cancellation)
    {
        await signingIn.WaitAsync(cancellation);
        try
        {
            if (token is not null && ends - clock.GetUtcNow() > TimeSpan.FromMinutes(1)) return token;
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = "local-system", ["client_secret"] = "local-system-secret", ["scope"] = "system/*.*",
            });
            using var answer = await http.PostAsync(new Uri(issuer, "connect/token"), form, cancellation);
            answer.EnsureSuccessStatusCode();
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            ends = clock.GetUtcNow().AddSeconds(body.GetProperty("expires_in").GetInt32());
            return token = body.GetProperty("access_token").GetString()!;
        }
        finally
        {
            signingIn.Release();
        }
    }
}

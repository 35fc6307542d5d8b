using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Testing;
using Xunit;

namespace Identity.Tests;

/// <summary>The sign-in service in Development, with an app and a system of its configuration, and a browser's part of the flow.</summary>
public sealed partial class RunningIdentity : IAsyncLifetime
{
    public const string App = "growth-chart", System = "lab", Redirect = "http://localhost:1/back", Fhir = "http://localhost:3/fhir";

    private readonly PostgresDatabase database = new();
    private WebApplication? identity;

    public RSA Key { get; } = RSA.Create(2048);

    public Uri Address { get; } = new($"http://localhost:{PostgresServer.FreePort()}");

    public HttpClient Http { get; } = new();

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.ExportParameters(false)) { KeyId = "lab-1" });
        var jwks = JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", kid = "lab-1", alg = "RS384", use = "sig", n = key.N, e = key.E } } });
        identity = IdentityHost.Build([
            $"--urls={Address}", $"--ConnectionStrings:record={database.As("identity")}", $"--Identity:Issuer={Address}", "--environment=Development", "--Logging:LogLevel:Default=Error",
            "--Clients:Web=http://localhost:1", "--Clients:Worker=http://localhost:2", "--Clients:Fhir=http://localhost:3",
            $"--Clients:Apps:{App}:RedirectUris:0={Redirect}", $"--Clients:Apps:{App}:Scopes=launch launch/patient patient/*.rs user/Observation.rs",
            $"--Clients:Systems:{System}:Jwks={jwks}", $"--Clients:Systems:{System}:Scopes=system/Observation.cruds",
        ]);
        await identity.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await identity!.DisposeAsync();
        await database.DisposeAsync();
        Http.Dispose();
        Key.Dispose();
    }

    /// <summary>A browser of one user's own; follows no redirect.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    /// <summary>Fills in the sign-in page.</summary>
    public static async Task<HttpResponseMessage> SignIn(HttpClient browser, string user, string password = "local-only", string returnUrl = "/")
    {
        var page = await browser.GetStringAsync(new Uri("sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl), UriKind.Relative));
        var hidden = HiddenField().Match(page);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { [hidden.Groups[1].Value] = hidden.Groups[2].Value, ["user"] = user, ["password"] = password });
        return await browser.PostAsync(new Uri("sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl), UriKind.Relative), form);
    }

    /// <summary>Asks for a code.</summary>
    public static Task<HttpResponseMessage> Authorize(HttpClient browser, string scope, string verifier, string? launch = null, string? aud = Fhir, string client = App, string redirect = Redirect)
    {
        var query = new Dictionary<string, string?> { ["client_id"] = client, ["response_type"] = "code", ["redirect_uri"] = redirect, ["scope"] = scope, ["state"] = "s", ["aud"] = aud, ["launch"] = launch };
        if (verifier.Length > 0) (query["code_challenge"], query["code_challenge_method"]) = (Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), "S256");
        return browser.GetAsync(new Uri("connect/authorize?" + string.Join('&', query.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}")), UriKind.Relative));
    }

    /// <summary>The parameters with which a browser is sent back.</summary>
    public static Dictionary<string, string> Back(HttpResponseMessage answer) =>
        answer.Headers.Location!.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));

    /// <summary>The error that a browser is shown or sent back with.</summary>
    public static async Task<string> Error(HttpResponseMessage answer)
    {
        if (answer.Headers.Location is not null) return Back(answer).GetValueOrDefault("error", "no error");
        var text = await answer.Content.ReadAsStringAsync();
        return text.Split('\n').FirstOrDefault(line => line.StartsWith("error:", StringComparison.Ordinal))?["error:".Length..].Trim() ?? text;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        using var answer = await Http.PostAsync(new Uri(Address, path), content);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : default);
    }

    /// <summary>A signed-in user's tokens for the app.</summary>
    public async Task<JsonElement> Tokens(HttpClient browser, string scope, string? launch = null)
    {
        var verifier = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
        using var sent = await Authorize(browser, scope, verifier, launch);
        var (status, body) = await Post("connect/token", ("grant_type", "authorization_code"), ("client_id", App), ("code", Back(sent)["code"]), ("redirect_uri", Redirect), ("code_verifier", verifier));
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    /// <summary>What the front end does when a user has chosen a patient for an app.</summary>
    public async Task<string> Launch(string user, string patient)
    {
        var (_, token) = await Post("local/token", ("user", user));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "launches")) { Content = JsonContent.Create(new { patient }), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString()) } };
        using var answer = await Http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("launch").GetString()!;
    }

    /// <summary>An assertion of the system.</summary>
    public string Assertion(string? id = null, string? audience = null, TimeSpan? life = null, RSA? key = null, string algorithm = SecurityAlgorithms.RsaSha384) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = System,
        Audience = audience ?? new Uri(Address, "connect/token").ToString(),
        Claims = new Dictionary<string, object> { ["sub"] = System, ["jti"] = id ?? Guid.NewGuid().ToString() },
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime + (life ?? TimeSpan.FromMinutes(4)),
        SigningCredentials = new SigningCredentials(new RsaSecurityKey(key ?? Key) { KeyId = "lab-1" }, algorithm),
    });

    public Task<(HttpStatusCode Status, JsonElement Body)> WithAssertion(string assertion, string scope = "system/Observation.rs") => Post("connect/token",
        ("grant_type", "client_credentials"), ("client_id", System), ("scope", scope), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion));

    public static JsonElement Claims(JsonElement body) => JsonDocument.Parse(Base64UrlEncoder.Decode(body.GetProperty("access_token").GetString()!.Split('.')[1])).RootElement;

    [GeneratedRegex("name=\"(__[^\"]+)\" value=\"([^\"]+)\"")]
    private static partial Regex HiddenField();
}

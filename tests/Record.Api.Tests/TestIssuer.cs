using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Record.Api.Tests;

/// <summary>An issuer of tokens with a key of its own: discovery document, keys, and tokens for whoever a test wants to be.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly RsaSecurityKey key = new(RSA.Create(2048)) { KeyId = "test" };
    private readonly WebApplication app;

    private TestIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Address, jwks_uri = Address + "/keys", userinfo_endpoint = Address + "/userinfo" }));
        app.MapGet("/userinfo", (HttpRequest request) =>
        {
            UserInfoAsked++;
            return Results.Json(UserInfo.TryGetValue(new JsonWebToken(request.Headers.Authorization.ToString()["Bearer ".Length..]).Subject, out var claims) ? claims : []);
        });
        app.MapGet("/keys", () =>
        {
            var parameters = key.Rsa.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", kid = "test", use = "sig", alg = "RS256", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } });
        });
    }

    /// <summary>What the userinfo endpoint says, by subject.</summary>
    public Dictionary<string, Dictionary<string, object>> UserInfo { get; } = [];

    /// <summary>How often it was asked.</summary>
    public int UserInfoAsked { get; private set; }

    /// <summary>The public key, as whoever wants may fetch it.</summary>
    public string PublicKey => key.Rsa.ExportSubjectPublicKeyInfoPem();

    public string Address => app.Urls.First();

    public static async Task<TestIssuer> Start()
    {
        var issuer = new TestIssuer();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>A token for an hour, of our own front end unless <paramref name="scope"/> says otherwise.</summary>
    public string Token(string role = "mental-health-clinician", string user = "mh.nurse", TimeSpan? lifetime = null, string scope = "record", IDictionary<string, object>? claims = null, string type = "at+jwt", string audience = "record", string organisation = "R1L") => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Address,
        Audience = audience,
        TokenType = type,
        Claims = claims ?? new Dictionary<string, object> { ["sub"] = user, ["role"] = role, ["organisation"] = organisation, ["client_id"] = "tests", ["scope"] = scope },
        NotBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5),
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromHours(1)),
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

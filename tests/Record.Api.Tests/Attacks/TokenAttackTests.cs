using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Record.Api.Tests.Attacks;

/// <summary>Tokens that are none: of another issuer or audience, ended, unsigned, or signed with what everybody has.</summary>
public sealed class TokenAttackTests(RecordApi api) : IClassFixture<RecordApi>
{
    private async Task<HttpStatusCode> With(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Base + "/Observation/none") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        return (await api.Send(request)).Status;
    }

    private static string Part(string json) => Base64UrlEncoder.Encode(json);

    [Fact]
    public async Task A_good_token_is_let_in() => Assert.Equal(HttpStatusCode.NotFound, await With(api.Issuer.Token()));

    [Fact]
    public async Task Tokens_of_another_issuer_audience_type_or_time_are_refused()
    {
        await using var other = await TestIssuer.Start();
        foreach (var token in (string[])[other.Token(), api.Issuer.Token(audience: "another"), api.Issuer.Token(type: "JWT"), api.Issuer.Token(lifetime: TimeSpan.FromMinutes(-2)), "", "a.b.c", "null"])
            Assert.Equal(HttpStatusCode.Unauthorized, await With(token));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    public async Task An_unsigned_token_is_refused(string algorithm)
    {
        var payload = api.Issuer.Token().Split('.')[1];
        var head = Part($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, await With($"{head}.{payload}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await With($"{head}.{payload}.{api.Issuer.Token().Split('.')[2]}"));
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_secret_is_refused()
    {
        var head = $"{Part("""{"alg":"HS256","typ":"at+jwt","kid":"test"}""")}.{api.Issuer.Token().Split('.')[1]}";
        foreach (var secret in (byte[][])[Encoding.ASCII.GetBytes(api.Issuer.PublicKey), Encoding.ASCII.GetBytes(api.Issuer.PublicKey.Trim() + "\n"), []])
            Assert.Equal(HttpStatusCode.Unauthorized, await With($"{head}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head)))}"));
    }

    [Fact]
    public async Task A_token_whose_claims_were_changed_or_that_brings_its_own_key_is_refused()
    {
        var parts = api.Issuer.Token("board-member").Split('.');
        var changed = Base64UrlEncoder.Decode(parts[1]).Replace("board-member", "acute-clinician", StringComparison.Ordinal);
        using var own = RSA.Create(2048);
        var key = own.ExportParameters(false);
        var head = Part($$$"""{"alg":"RS256","typ":"at+jwt","jwk":{"kty":"RSA","n":"{{{Base64UrlEncoder.Encode(key.Modulus)}}}","e":"AQAB"},"kid":"../../../../dev/null"}""") + "." + Part(changed);
        var signed = $"{head}.{Base64UrlEncoder.Encode(own.SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";

        Assert.Equal(HttpStatusCode.Unauthorized, await With($"{parts[0]}.{Part(changed)}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await With(signed));
    }

    [Fact]
    public async Task A_purpose_that_the_token_does_not_allow_is_refused()
    {
        var answer = await api.Get("/Observation/none", ("X-Purpose-Of-Use", "HRESCH"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Theory]
    [InlineData("board-member")]
    [InlineData("privacy-officer")]
    [InlineData("feed-manager")]
    [InlineData("programme-sro")]
    [InlineData("Acute-Clinician")]
    [InlineData("")]
    [InlineData("acute-clinician,system")]
    public async Task A_role_without_patients_reads_none_by_any_address(string role)
    {
        foreach (var path in (string[])["/Observation/none", "/Patient", "/Patient/x/$everything", "/Patient/x/_history", "/Person", "/Condition?_count=1", "/AuditEvent", "/Task", "/Provenance/x/_history/1"])
        {
            if (path == "/AuditEvent" && role == "privacy-officer") continue; // the one thing that is theirs to read
            using var request = new HttpRequestMessage(HttpMethod.Get, api.Base + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", api.Issuer.Token(role)) } };
            Assert.Equal(HttpStatusCode.Forbidden, (await api.Send(request)).Status);
        }
    }
}

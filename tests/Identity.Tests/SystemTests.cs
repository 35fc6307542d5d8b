using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Identity.Tests;

/// <summary>Systems sign in with client credentials. https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html</summary>
public sealed class SystemTests(RunningIdentity identity) : IClassFixture<RunningIdentity>
{
    [Fact]
    public async Task A_system_proves_itself_by_its_key_and_gets_the_scope_it_asked_for()
    {
        var (status, body) = await identity.WithAssertion(identity.Assertion());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("system/Observation.rs", "system"), (RunningIdentity.Claims(body).GetProperty("scope").GetString(), RunningIdentity.Claims(body).GetProperty("role").GetString()));
        Assert.InRange(body.GetProperty("expires_in").GetInt32(), 1, 900);
    }

    [Fact]
    public async Task An_assertion_counts_once()
    {
        var assertion = identity.Assertion();
        await identity.WithAssertion(assertion);

        var (status, body) = await identity.WithAssertion(assertion);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (status, body.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Of_many_who_send_the_same_assertion_at_once_one_is_let_in()
    {
        var assertion = identity.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => identity.WithAssertion(assertion)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_assertion_of_another_key_audience_or_of_too_long_a_life_is_refused()
    {
        using var other = RSA.Create(2048);
        foreach (var assertion in (string[])[identity.Assertion(key: other), identity.Assertion(audience: "https://elsewhere.example/token"), identity.Assertion(life: TimeSpan.FromHours(1)), identity.Assertion(life: TimeSpan.FromMinutes(-5)), Unsigned(), SignedWithThePublicKey()])
        {
            var (status, _) = await identity.WithAssertion(assertion);

            Assert.NotEqual(HttpStatusCode.OK, status);
        }
    }

    [Theory]
    [InlineData("system/Observation.rs", HttpStatusCode.OK)]
    [InlineData("system/Observation.cruds", HttpStatusCode.OK)]
    [InlineData("system/Patient.rs", HttpStatusCode.BadRequest)]
    [InlineData("system/*.rs", HttpStatusCode.BadRequest)]
    [InlineData("system/*.*", HttpStatusCode.BadRequest)]
    [InlineData("user/Observation.rs", HttpStatusCode.BadRequest)]
    [InlineData("record", HttpStatusCode.BadRequest)]
    [InlineData("system/Observation.sr", HttpStatusCode.BadRequest)]
    [InlineData("system/Observation.rs?category=laboratory", HttpStatusCode.BadRequest)]
    public async Task A_system_gets_no_scope_wider_than_its_own(string scope, HttpStatusCode expected)
    {
        var (status, body) = await identity.WithAssertion(identity.Assertion(), scope);

        Assert.Equal(expected, status);
        if (expected != HttpStatusCode.OK) Assert.Equal("invalid_scope", body.GetProperty("error").GetString());
        if (scope.Contains('?', StringComparison.Ordinal)) Assert.Contains("restricts by search parameters", body.GetProperty("error_description").GetString(), StringComparison.Ordinal);
    }

    private string Unsigned()
    {
        var parts = identity.Assertion().Split('.');
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
    }

    private string SignedWithThePublicKey()
    {
        var parts = identity.Assertion().Split('.');
        var head = $"{Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT","kid":"lab-1"}""")}.{parts[1]}";
        return $"{head}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(identity.Key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(head)))}";
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Identity.Tests;

/// <summary>Apps of people: authorisation code with PKCE, launch, rotation of refresh tokens. https://hl7.org/fhir/smart-app-launch/app-launch.html</summary>
public sealed class AppTests(RunningIdentity identity) : IClassFixture<RunningIdentity>
{
    private const string Verifier = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789";

    private async Task<HttpClient> SignedIn(string user = "mh.nurse")
    {
        var browser = identity.Browser();
        using var answer = await RunningIdentity.SignIn(browser, user);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Refresh(JsonElement tokens, string? scope = null) => identity.Post("connect/token",
        [("grant_type", "refresh_token"), ("client_id", RunningIdentity.App), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!), .. scope is null ? Array.Empty<(string, string)>() : [("scope", scope)]]);

    [Fact]
    public async Task An_app_launched_from_a_persons_page_gets_that_patient()
    {
        using var browser = await SignedIn();

        var tokens = await identity.Tokens(browser, "openid launch patient/Observation.rs offline_access fhirUser", await identity.Launch("mh.nurse", "p-1"));

        Assert.Equal("p-1", tokens.GetProperty("patient").GetString());
        var claims = RunningIdentity.Claims(tokens);
        Assert.Equal(("p-1", "mental-health-clinician"), (claims.GetProperty("patient").GetString(), claims.GetProperty("role").GetString()));
        Assert.InRange(tokens.GetProperty("expires_in").GetInt32(), 1, 900);
        Assert.DoesNotContain("fhirUser", claims.GetProperty("scope").GetString(), StringComparison.Ordinal);
        var (_, again) = await Refresh(tokens);
        Assert.Equal("p-1", again.GetProperty("patient").GetString());
    }

    [Fact]
    public async Task A_launch_counts_once_and_for_the_user_who_made_it()
    {
        using var nurse = await SignedIn();
        using var doctor = await SignedIn("acute.doctor");
        var launch = await identity.Launch("mh.nurse", "p-1");

        using var others = await RunningIdentity.Authorize(doctor, "launch patient/*.rs", Verifier, launch);
        using var first = await RunningIdentity.Authorize(nurse, "launch patient/*.rs", Verifier, launch);
        using var second = await RunningIdentity.Authorize(nurse, "launch patient/*.rs", Verifier, launch);
        using var invented = await RunningIdentity.Authorize(nurse, "launch patient/*.rs", Verifier, "p-1");

        Assert.True(RunningIdentity.Back(first).ContainsKey("code"));
        Assert.All([others, second, invented], answer => Assert.Equal("invalid_request", RunningIdentity.Back(answer)["error"]));
    }

    [Fact]
    public async Task An_app_that_starts_alone_sends_the_user_to_choose_a_patient_and_without_one_gets_no_patient_scope()
    {
        using var browser = await SignedIn();

        using var standalone = await RunningIdentity.Authorize(browser, "launch/patient patient/*.rs", Verifier);
        using var nobody = await RunningIdentity.Authorize(browser, "patient/*.rs", Verifier);

        Assert.StartsWith("http://localhost:1/launch/choose?request=", standalone.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("invalid_scope", RunningIdentity.Back(nobody)["error"]);
    }

    [Fact]
    public async Task Only_the_front_end_keeps_a_launch()
    {
        using var browser = await SignedIn();
        var app = await identity.Tokens(browser, "openid user/Observation.rs");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(identity.Address, "launches")) { Content = JsonContent.Create(new { patient = "p-2" }), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", app.GetProperty("access_token").GetString()) } };

        using var answer = await identity.Http.SendAsync(request);
        using var nobody = await identity.Http.PostAsJsonAsync(new Uri(identity.Address, "launches"), new { patient = "p-2" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (answer.StatusCode, nobody.StatusCode));
    }

    [Theory]
    [InlineData("user/Observation.rs", null)]
    [InlineData("user/Observation.cruds", "invalid_scope")]
    [InlineData("user/*.rs", "invalid_scope")]
    [InlineData("system/*.*", "invalid_scope")]
    [InlineData("record", "invalid_scope")]
    [InlineData("patient/Observation.cruds", "invalid_scope")]
    [InlineData("user/Observation.rs?code=1", "invalid_scope")]
    public async Task An_app_gets_no_scope_wider_than_its_own(string scope, string? error)
    {
        using var browser = await SignedIn();

        using var answer = await RunningIdentity.Authorize(browser, "openid " + scope, Verifier);

        Assert.Equal(error ?? "no error", await RunningIdentity.Error(answer));
    }

    [Fact]
    public async Task A_request_without_PKCE_for_another_FHIR_service_or_to_another_address_is_refused()
    {
        using var browser = await SignedIn();

        using var plain = await RunningIdentity.Authorize(browser, "user/Observation.rs", "");
        using var elsewhere = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier, aud: "https://elsewhere.example/fhir");
        using var unnamed = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier, aud: null);
        using var back = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier, redirect: "https://elsewhere.example/back");

        foreach (var answer in (HttpResponseMessage[])[plain, elsewhere, unnamed]) Assert.Equal("invalid_request", await RunningIdentity.Error(answer));
        Assert.Equal((HttpStatusCode.BadRequest, (Uri?)null), (back.StatusCode, back.Headers.Location));
    }

    [Fact]
    public async Task A_code_counts_once_and_only_with_its_verifier()
    {
        using var browser = await SignedIn();
        async Task<(HttpStatusCode Status, JsonElement)> Redeem(string code, string verifier) => await identity.Post("connect/token",
            ("grant_type", "authorization_code"), ("client_id", RunningIdentity.App), ("code", code), ("redirect_uri", RunningIdentity.Redirect), ("code_verifier", verifier));
        using var one = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier);
        using var two = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier);

        var wrong = await Redeem(RunningIdentity.Back(one)["code"], Verifier + "x");
        var right = await Redeem(RunningIdentity.Back(two)["code"], Verifier);
        var again = await Redeem(RunningIdentity.Back(two)["code"], Verifier);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.BadRequest), (wrong.Status, right.Status, again.Status));
    }

    [Fact]
    public async Task A_refresh_token_used_twice_ends_the_whole_family()
    {
        using var browser = await SignedIn();
        var first = await identity.Tokens(browser, "offline_access user/Observation.rs");
        var (rotated, second) = await Refresh(first);

        var (stolen, _) = await Refresh(first);
        var (own, _) = await Refresh(second);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (rotated, stolen, own));
        Assert.NotEqual(first.GetProperty("refresh_token").GetString(), second.GetProperty("refresh_token").GetString());
    }

    [Fact]
    public async Task A_refresh_widens_no_scope()
    {
        using var browser = await SignedIn();
        var tokens = await identity.Tokens(browser, "offline_access user/Observation.r");

        var (status, body) = await Refresh(tokens, "user/Observation.rs");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, body.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Signing_out_and_revoking_end_refresh_tokens()
    {
        using var browser = await SignedIn("community.nurse");
        var revoked = await identity.Tokens(browser, "offline_access user/Observation.rs");
        var signedOut = await identity.Tokens(browser, "offline_access user/Observation.rs");

        var (status, _) = await identity.Post("connect/revoke", ("client_id", RunningIdentity.App), ("token", revoked.GetProperty("refresh_token").GetString()!));
        var (first, _) = await Refresh(revoked);
        using var end = await browser.GetAsync(new Uri("connect/logout", UriKind.Relative));
        var (second, _) = await Refresh(signedOut);
        using var page = await RunningIdentity.Authorize(browser, "user/Observation.rs", Verifier);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (status, first, second));
        Assert.Contains("/sign-in", page.Headers.Location!.ToString(), StringComparison.Ordinal);
    }
}

using System.Net;
using Identity.Accounts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Identity.Tests;

/// <summary>Repeated failures lock an account and an address for a while, and tell nobody which accounts exist.</summary>
public sealed class LockOutTests(RunningIdentity identity) : IClassFixture<RunningIdentity>
{
    [Fact]
    public async Task Five_failures_lock_an_account_even_for_the_right_password_and_a_name_that_nobody_has_is_answered_alike()
    {
        var said = new List<(HttpStatusCode, string)>();
        foreach (var user in (string[])["feed.manager", "no.such.user"])
        {
            using var browser = identity.Browser();
            for (var i = 0; i < FailedAttempts.OfAccount; i++) (await RunningIdentity.SignIn(browser, user, "guess")).Dispose();
            using var answer = await RunningIdentity.SignIn(browser, user);
            var text = await answer.Content.ReadAsStringAsync();
            said.Add((answer.StatusCode, text[text.IndexOf("<span class=\"error\"", StringComparison.Ordinal)..text.IndexOf("<input id=\"password\"", StringComparison.Ordinal)]));
        }

        Assert.Equal(said[0], said[1]);
        Assert.Contains("Too many attempts", said[0].Item2, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_is_refused_without_its_antiforgery_token()
    {
        using var browser = identity.Browser();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["user"] = "mh.nurse", ["password"] = "local-only" });

        using var answer = await browser.PostAsync(new Uri("sign-in", UriKind.Relative), form);

        Assert.NotEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie") && answer.Headers.GetValues("Set-Cookie").Any(cookie => cookie.StartsWith("identity=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task Signing_in_leads_to_no_other_site(string returnUrl)
    {
        using var browser = identity.Browser();

        using var answer = await RunningIdentity.SignIn(browser, "board.member", returnUrl: returnUrl);

        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public void A_lock_ends_after_its_time_and_many_names_from_one_address_lock_the_address()
    {
        var clock = new FakeTimeProvider();
        var attempts = new FailedAttempts(clock);
        for (var i = 0; i < FailedAttempts.OfAddress; i++) attempts.Failed($"user-{i}", "10.0.0.1");

        Assert.True(attempts.IsLocked("somebody", "10.0.0.1"));
        Assert.False(attempts.IsLocked("somebody", "10.0.0.2"));
        clock.Advance(FailedAttempts.LockedFor + TimeSpan.FromSeconds(1));
        Assert.False(attempts.IsLocked("somebody", "10.0.0.1"));
    }

    [Fact]
    public void Names_tried_at_random_push_nobodys_lock_out()
    {
        var attempts = new FailedAttempts(new FakeTimeProvider());
        for (var i = 0; i < FailedAttempts.OfAccount; i++) attempts.Failed("mh.nurse", "10.0.0.1");

        for (var i = 0; i < 50_000; i++) attempts.Failed($"user-{i}", $"address-{i % 10_000}");

        Assert.True(attempts.IsLocked("MH.nurse", "10.0.0.9"));
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The pages in a browser that enforces their content security policy, and what a run of the whole stack leaves behind.</summary>
public partial class SecurityTests(Browser browser) : IClassFixture<Browser>
{
    private const string Script = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">";

    private static List<string> Violations(IPage page)
    {
        var said = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Text.Contains("Content-Security-Policy", StringComparison.Ordinal)) said.Add($"{page.Url}: {message.Text}");
        };
        return said;
    }

    [Theory]
    [InlineData("mh.nurse", "", "people", "worklist", "access-denied", "nowhere", "launch/choose?request=%3Fx%3D1")]
    [InlineData("feed.manager", "feeds", "feeds/dry-run", "identity")]
    [InlineData("board.member", "board")]
    public async Task No_page_breaks_its_content_security_policy(string user, params string[] paths)
    {
        var page = await browser.SignedIn(user, 1280);
        var violations = Violations(page);

        foreach (var path in paths)
        {
            var answer = await page.GotoAsync(new Uri(browser.Web, path).ToString());
            var policy = await answer!.HeaderValueAsync("content-security-policy");
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        }

        Assert.Empty(violations);
    }

    [Fact]
    public async Task The_sign_in_page_and_the_jobs_break_none_either()
    {
        var page = await browser.SignedIn("feed.manager", 1280);
        var violations = Violations(page);

        await page.GotoAsync(new Uri(browser.Stack.Addresses["identity"], "sign-in").ToString());
        await page.GotoAsync(new Uri(browser.Stack.Addresses["record-worker"], "hangfire").ToString());
        await page.GotoAsync(new Uri(browser.Stack.Addresses["record-worker"], "hangfire/recurring").ToString());

        Assert.True(violations.Count == 0, string.Join(Environment.NewLine, violations));
    }

    [Fact]
    public async Task Signing_out_needs_the_forms_own_token_and_then_ends_the_session()
    {
        var page = await browser.SignedIn("community.nurse", 1280);

        var forged = await page.Context.APIRequest.PostAsync(new Uri(browser.Web, "sign-out").ToString(), new() { MaxRedirects = 0 });
        await page.ClickAsync("button:has-text('Sign out')");
        await page.GotoAsync(new Uri(browser.Web, "people").ToString());

        Assert.Equal(400, forged.Status);
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_in_the_text_of_a_resource_is_text_on_the_page()
    {
        var (person, patient) = await Somebody();
        var text = JsonSerializer.Serialize(Script);
        foreach (var resource in (string[])[
            $$"""{"resourceType":"Condition","id":"xss-condition","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"text":{{text}} },"subject":{"reference":"Patient/{{patient}}"},"recordedDate":"2026-01-02T10:00:00Z","note":[{"text":{{text}} }] }""",
            $$"""{"resourceType":"Encounter","id":"xss-encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB","display":{{text}} },"type":[{"text":{{text}} }],"reasonCode":[{"text":{{text}} }],"subject":{"reference":"Patient/{{patient}}"},"period":{"start":"2026-01-02T10:00:00Z","end":"2026-01-02T11:00:00Z"} }""",
            $$"""{"resourceType":"ServiceRequest","id":"xss-request","status":"active","intent":"order","code":{"text":{{text}} },"reasonCode":[{"text":{{text}} }],"note":[{"text":{{text}} }],"subject":{"reference":"Patient/{{patient}}"},"authoredOn":"2026-01-02T10:00:00Z"}"""])
        {
            var parsed = JsonDocument.Parse(resource).RootElement;
            using var answer = await browser.Stack.Send(HttpMethod.Put, "record-api", $"fhir/{parsed.GetProperty("resourceType").GetString()}/{parsed.GetProperty("id").GetString()}", null, resource);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        var page = await browser.SignedIn("mh.nurse", 1280);
        var violations = Violations(page);
        await page.GotoAsync(new Uri(browser.Web, $"people/{person}").ToString());

        Assert.NotEqual("pwned", await page.TitleAsync());
        Assert.Null(await page.QuerySelectorAsync("main script, main img[onerror]"));
        Assert.Contains("document.title='pwned'", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Empty(violations);
    }

    [Fact]
    public async Task What_the_stack_printed_names_no_patient()
    {
        var (person, _) = await Somebody();
        var page = await browser.SignedIn("mh.nurse", 1280);
        await page.GotoAsync(new Uri(browser.Web, $"people/{person}").ToString());
        using var wrong = await browser.Stack.Send(HttpMethod.Get, "record-api", "fhir/Patient?birthdate=nonsense&family=Nonsense", "mh.nurse");
        var bundle = await browser.Stack.Get("record-api", "fhir/Patient?_count=500", null);
        var secrets = new HashSet<string>();
        foreach (var patient in bundle.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource")))
        {
            if (patient.TryGetProperty("identifier", out var identifiers))
                foreach (var identifier in identifiers.EnumerateArray())
                    if (identifier.GetProperty("system").GetString()!.EndsWith("nhs-number", StringComparison.Ordinal) && identifier.TryGetProperty("value", out var value)) secrets.Add(value.GetString()!);
            if (patient.TryGetProperty("birthDate", out var born)) secrets.UnionWith([born.GetString()!, born.GetString()!.Replace("-", "", StringComparison.Ordinal)]);
            if (patient.TryGetProperty("name", out var names))
                foreach (var name in names.EnumerateArray())
                    if (name.TryGetProperty("family", out var family) && name.TryGetProperty("given", out var given)) secrets.UnionWith([$"{given[0]} {family}", $"{family}, {given[0]}", $"{family}^{given[0]}".ToUpper(CultureInfo.InvariantCulture)]);
        }

        var said = browser.Stack.Said;

        Assert.True(secrets.Count > 50, "the simulated people have numbers, names and dates of birth");
        Assert.DoesNotMatch(NhsNumberOfTests(), said);
        Assert.DoesNotContain(secrets, secret => secret.Length >= 8 && said.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<(string Person, string Patient)> Somebody()
    {
        var bundle = await browser.Stack.Get("record-api", "fhir/Person?_count=50", "mh.nurse");
        var person = bundle.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource")).First(each => each.TryGetProperty("link", out _));
        return (person.GetProperty("id").GetString()!, person.GetProperty("link")[0].GetProperty("target").GetProperty("reference").GetString()!["Patient/".Length..]);
    }

    [GeneratedRegex(@"\b999[ -]?\d{3}[ -]?\d{4}\b")]
    private static partial Regex NhsNumberOfTests();
}

using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The stewards' pages in a real browser: a pair side by side, the decision, its undo; accessible and fitting at both widths.</summary>
public sealed class IdentityPageTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280, "Quillfeather")]
    [InlineData(390, "Quickenborough")]
    public async Task A_steward_compares_two_records_decides_and_takes_it_back(int width, string family)
    {
        await Put($"{family}-1", Patient("Oliver", family, "2015-06-01"));
        await Put($"{family}-2", Patient("Arthur", family, "2015-06-01"));
        var id = await Waiting(family);
        var page = await browser.SignedIn("feed.manager", width);
        await page.ClickAsync("main a:has-text('Open the identity queue')");
        await Browser.MustBeAccessible(page);
        Assert.Contains("twins or siblings", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Shot(page, $"queue-{width}");

        await page.GotoAsync(new Uri(browser.Web, $"identity/pairs/{id}").ToString());
        await Browser.MustBeAccessible(page);
        var table = await page.InnerTextAsync("table");
        Assert.All((string[])["Oliver " + family, "Arthur " + family, "Different", "Given name"], text => Assert.Contains(text, table, StringComparison.Ordinal));
        await Shot(page, $"pair-{width}");
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('main, main *')].every(e => e.scrollWidth <= document.documentElement.clientWidth || e.closest('.nhsuk-u-visually-hidden'))"), "something is wider than the page");
        await page.ClickAsync("button:has-text('keep apart')");
        Assert.Contains("Say why", await page.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#Reason", "Twins: both seen <b>today</b>");
        await page.ClickAsync("button:has-text('keep apart')");
        Assert.Contains("You will not be asked again", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        Assert.Contains("Twins: both seen <b>today</b>", await page.InnerTextAsync("section[aria-labelledby=decisions]"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#Reason", "The wrong pair");
        await page.ClickAsync("button:has-text('Take the decision back')");

        Assert.Contains("has been taken back", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "One person: link" }).IsVisibleAsync());
        Assert.DoesNotContain(family, new Uri(page.Url).PathAndQuery, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(1280, "Overbeck")]
    [InlineData(390, "Overington")]
    public async Task A_record_that_may_be_two_people_is_shown_before_and_after(int width, string family)
    {
        await Put($"{family}-1", Patient("Winifred", family, "1938-02-03"));
        await Waiting(null);
        await Put($"{family}-1", Patient("Kwame", "Mensah-" + family, "1991-08-19"));
        var id = await Testing.RunningAppHost.Until(async () => (await Queue()).Where(line => line.GetProperty("kind").GetString() == "overlay" && (line.GetProperty("first").GetProperty("name").GetString() ?? "").Contains(family, StringComparison.Ordinal))
            .Select(line => line.GetProperty("id").GetString()).FirstOrDefault(), "the record in quarantine");
        var page = await browser.SignedIn("feed.manager", width);

        await page.GotoAsync(new Uri(browser.Web, $"identity/records/{id}").ToString());

        await Browser.MustBeAccessible(page);
        var table = await page.InnerTextAsync("table");
        Assert.All((string[])["Winifred " + family, "Kwame Mensah-" + family, "A generation apart"], text => Assert.Contains(text, table, StringComparison.Ordinal));
        await Shot(page, $"record-{width}");
        await page.FillAsync("#Reason", "The number was given to a new patient");
        await page.ClickAsync("button:has-text('Two people')");
        Assert.Contains("another person's now", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#Reason", "The wrong record");
        await page.ClickAsync("button:has-text('Take the decision back')");

        Assert.Contains("in quarantine again", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "Two people" }).IsVisibleAsync());
    }

    [Fact]
    public async Task A_nurse_does_not_see_the_queue()
    {
        var page = await browser.SignedIn("mh.nurse", 1280);

        await page.GotoAsync(new Uri(browser.Web, "identity").ToString());

        Assert.Contains("not open to your role", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }

    private async Task<string> Waiting(string? family) => family is null ? await Settled() : await Testing.RunningAppHost.Until(async () =>
        (await Queue()).Where(line => Named(line, "first", family) && Named(line, "second", family)).Select(line => line.GetProperty("id").GetString()).FirstOrDefault(), "the pair in the queue");

    private static bool Named(JsonElement line, string side, string family) =>
        line.TryGetProperty(side, out var record) && record.ValueKind == JsonValueKind.Object && (record.GetProperty("name").GetString() ?? "").Contains(family, StringComparison.Ordinal);

    // The first version has been linked before the second is sent.
    private static async Task<string> Settled()
    {
        await Task.Delay(3000);
        return "";
    }

    private async Task<List<JsonElement>> Queue() => [.. (await browser.Stack.Get("record-api", "identity/queue", "feed.manager")).GetProperty("lines").EnumerateArray()];

    private async Task Put(string id, object patient)
    {
        using var answer = await browser.Stack.Send(HttpMethod.Put, "record-api", $"fhir/Patient/{id}", null, JsonSerializer.Serialize(new Dictionary<string, object>((Dictionary<string, object>)patient) { ["id"] = id }));
        answer.EnsureSuccessStatusCode();
    }

    private static Dictionary<string, object> Patient(string given, string family, string born) => new()
    {
        ["resourceType"] = "Patient",
        ["name"] = new[] { new { use = "official", family, given = new[] { given } } },
        ["birthDate"] = born,
        ["gender"] = "male",
        ["address"] = new[] { new { use = "home", line = new[] { "1 Long Road" }, city = "Chelmsford", postalCode = "CM1 7ET" } },
        ["telecom"] = new[] { new { system = "phone", value = "01245 200206" } },
        ["managingOrganization"] = new { reference = "Organization/RAJ" },
    };

    // For whoever wants to look: SHOTS names a folder.
    private static async Task Shot(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SHOTS") is { } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"identity-{name}.png"), FullPage = true });
    }
}

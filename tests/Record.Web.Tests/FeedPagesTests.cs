using Testing;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The feed manager's pages: how feeds stand, the queue with mend and replay, dry run.</summary>
public class FeedPagesTests(Browser browser) : IClassFixture<Browser>
{
    private async Task<string> Waits(string control)
    {
        await browser.Stack.SendV2($"""
            MSH|^~\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A01|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
            EVN|A01|20260104101500||||20260104101500
            PID|1||{control}^^^basildon-pas^PI||SMITH^Anna||19800201|F
            PV1|1|I|MYSTERY||||||||||||||||V-{control}
            """);
        return await RunningAppHost.Until(async () => (await browser.Stack.Get("record-api", "feeds/basildon-pas/messages?state=waiting", null)).EnumerateArray()
            .Where(row => row.GetProperty("controlId").GetString() == control).Select(row => row.GetProperty("id").GetInt64().ToString(null as IFormatProvider)).FirstOrDefault(), "the message in the queue");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_feed_manager_finds_a_message_that_waits_mends_it_and_sees_it_mapped(int width)
    {
        var control = $"page-{width}";
        var id = await Waits(control);
        var page = await browser.SignedIn("feed.manager", width);
        await page.ClickAsync("nav a:has-text('Feeds')");
        await Browser.MustBeAccessible(page);
        Assert.Equal(11, (await page.QuerySelectorAllAsync("tbody a:not([href='/feeds/unknown'])")).Count);
        await Shot(page, $"feeds-{width}");
        await page.ClickAsync("tbody a:has-text('Basildon')");
        await Browser.MustBeAccessible(page);
        await Shot(page, $"feed-{width}");
        await page.ClickAsync($"a[href='/feeds/basildon-pas/{id}']");
        await Browser.MustBeAccessible(page);
        Assert.Contains("PV1", await page.InnerTextAsync(".site-segments__fault"), StringComparison.Ordinal);

        var text = await page.InputValueAsync("#Text");
        await page.FillAsync("#Text", text.Replace($"|{control}|", "|other|", StringComparison.Ordinal));
        await page.ClickAsync("button:has-text('Mend and replay')");
        Assert.Contains("control id must stay", await page.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
        await Shot(page, $"message-{width}");
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#Text", text.Replace("MYSTERY", "AMU", StringComparison.Ordinal));
        await page.ClickAsync("button:has-text('Mend and replay')");

        Assert.Contains("being mapped", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        await RunningAppHost.Until(async () => (await browser.Stack.Get("record-api", $"feeds/basildon-pas/messages/{id}", null)).GetProperty("row").GetProperty("state").GetString() == "mapped" ? "mapped" : null, "the mended message in the record");
        await page.GotoAsync(new Uri(browser.Web, $"feeds/basildon-pas/{id}").ToString());
        Assert.Contains("mended by", await page.InnerTextAsync("section[aria-labelledby=versions]"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_dry_run_shows_what_would_become_of_a_message(int width)
    {
        var page = await browser.SignedIn("feed.manager", width);
        await page.GotoAsync(new Uri(browser.Web, "feeds/dry-run").ToString());
        await Browser.MustBeAccessible(page);

        await page.FillAsync("#Text", "MSH|^~\\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A28|dry|P|2.4\nEVN|A28|20260104101500\nPID|1||DRY^^^basildon-pas^PI||SMITH^Anna||19800201|F\nIN1|1|x");
        await page.ClickAsync("button:has-text('Try')");

        var said = await page.InnerTextAsync("#main");
        Assert.Contains("Taken and mapped", said, StringComparison.Ordinal);
        Assert.Contains("MSA|AA|dry", said, StringComparison.Ordinal);
        await Shot(page, $"dry-run-{width}");
        await Browser.MustBeAccessible(page);
        Assert.Equal(0, (await browser.Stack.Get("record-api", "feeds/basildon-pas/messages?state=waiting", null)).EnumerateArray().Count(row => row.GetProperty("controlId").GetString() == "dry"));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Messages_of_senders_that_are_not_configured_are_seen_and_mended_to_one_that_is(int width)
    {
        await browser.Stack.SendV2($"MSH|^~\\&|newcomer|RXX|MSE-RECORD|MSE|20260104101500||ADT^A28|new-{width}|P|2.4\nEVN|A28|20260104101500\nPID|1||NEW{width}^^^basildon-pas^PI||SMITH^Anna||19800201|F");
        var page = await browser.SignedIn("feed.manager", width);
        await page.ClickAsync("nav a:has-text('Feeds')");
        await page.ClickAsync("tbody a[href='/feeds/unknown']");
        await Browser.MustBeAccessible(page);
        await Shot(page, $"unknown-{width}");
        await page.ClickAsync($"a:has-text('new-{width}')");
        Assert.Contains("not a configured source system", await page.InnerTextAsync("#main"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);

        await page.ClickAsync("button:has-text('Replay as it stands')");
        Assert.Contains("still not a configured source system", await page.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
        await page.FillAsync("#Text", (await page.InputValueAsync("#Text")).Replace("|newcomer|RXX|", "|basildon-pas|RAJ|", StringComparison.Ordinal));
        await page.ClickAsync("button:has-text('Mend and replay')");

        await RunningAppHost.Until(async () => (await browser.Stack.Get("record-api", $"fhir/Patient?identifier=NEW{width}", null)).GetProperty("total").GetInt32() == 1 ? "found" : null, "the patient");
        Assert.Contains("being mapped", await page.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
    }

    // For whoever wants to look: SHOTS names a folder.
    private static async Task Shot(Microsoft.Playwright.IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SHOTS") is { } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"feeds-{name}.png"), FullPage = true });
    }

    [Fact]
    public async Task Feeds_are_closed_to_those_who_treat_patients()
    {
        var page = await browser.SignedIn("mh.nurse", 1280);

        await page.GotoAsync(new Uri(browser.Web, "feeds").ToString());

        Assert.Contains("not open to your role", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }
}

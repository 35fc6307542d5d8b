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
        Assert.Equal(11, (await page.QuerySelectorAllAsync("tbody tr")).Count);
        await page.ClickAsync("tbody a:has-text('Basildon')");
        await Browser.MustBeAccessible(page);
        await page.ClickAsync($"a[href='/feeds/basildon-pas/{id}']");
        await Browser.MustBeAccessible(page);
        Assert.Contains("PV1", await page.InnerTextAsync(".site-segments__fault"), StringComparison.Ordinal);

        var text = await page.InputValueAsync("#Text");
        await page.FillAsync("#Text", text.Replace($"|{control}|", "|other|", StringComparison.Ordinal));
        await page.ClickAsync("button:has-text('Mend and replay')");
        Assert.Contains("control id must stay", await page.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
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
        await Browser.MustBeAccessible(page);
        Assert.Equal(0, (await browser.Stack.Get("record-api", "feeds/basildon-pas/messages?state=waiting", null)).EnumerateArray().Count(row => row.GetProperty("controlId").GetString() == "dry"));
    }

    [Fact]
    public async Task Feeds_are_closed_to_those_who_treat_patients()
    {
        var page = await browser.SignedIn("mh.nurse", 1280);

        await page.GotoAsync(new Uri(browser.Web, "feeds").ToString());

        Assert.Contains("not open to your role", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }
}

using Microsoft.Playwright;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The pages as people see them, at a desk and on a telephone.</summary>
public class PagesTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Every_page_of_a_clinician_is_accessible_and_fits(int width)
    {
        var page = await browser.SignedIn("mh.nurse", width);
        await Browser.MustBeAccessible(page);
        foreach (var path in (string[])["worklist", "people", "access-denied", "nowhere"])
        {
            await page.GotoAsync(new Uri(browser.Web, path).ToString());
            await Browser.MustBeAccessible(page);
        }
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_persons_page_shows_one_journey_with_the_source_of_each_item(int width)
    {
        var person = await PersonInSettings();
        var page = await browser.SignedIn("mh.nurse", width);

        await page.GotoAsync(new Uri(browser.Web, $"people/{person}").ToString());

        await Browser.MustBeAccessible(page);
        Assert.Contains("SIMULATED DATA", await page.InnerTextAsync(".site-simulated"), StringComparison.Ordinal);
        foreach (var heading in (string[])["Where they are now", "Teams that know them", "Open tasks", "Referrals", "Timeline", "Records in the source systems"])
            Assert.True(await page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true }).IsVisibleAsync(), heading);
        var items = await page.QuerySelectorAllAsync(".site-event");
        Assert.True(items.Count > 10);
        Assert.All(await Task.WhenAll(items.Select(item => item.InnerTextAsync())), text => Assert.Contains("Source:", text, StringComparison.Ordinal));
        Assert.True((await page.QuerySelectorAllAsync("section[aria-labelledby=records] tbody tr")).Count > 1);
    }

    [Fact]
    public async Task The_timeline_is_filtered_by_setting()
    {
        var page = await browser.SignedIn("mh.nurse", 1280);
        await page.GotoAsync(new Uri(browser.Web, $"people/{await PersonInSettings()}").ToString());

        await page.ClickAsync(".site-filter a:has-text('Community')");

        var settings = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.site-event .site-setting')].map(e => e.textContent)");
        Assert.All(settings, setting => Assert.Equal("Community", setting));
        Assert.NotEmpty(settings);
    }

    [Fact]
    public async Task A_search_puts_no_name_or_number_into_an_address_and_says_what_is_wrong_under_the_field()
    {
        var page = await browser.SignedIn("acute.doctor", 1280);
        var addresses = new List<string>();
        page.Request += (_, request) => addresses.Add(request.Url);
        await page.GotoAsync(new Uri(browser.Web, "people").ToString());

        await page.FillAsync("#NhsNumber", "999 000 0000");
        await page.ClickAsync("main button[type=submit]");
        Assert.Contains("ten digits", await page.InnerTextAsync("#nhs-error"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#NhsNumber", "");
        await page.FillAsync("#Family", "Nobody-of-this-name");
        await page.FillAsync("#BirthDate", "1980-01-01");
        await page.ClickAsync("main button[type=submit]");

        Assert.Contains("Nobody was found", await page.InnerTextAsync("#results"), StringComparison.Ordinal);
        Assert.All(addresses, address => Assert.DoesNotMatch("999|Nobody|1980", new Uri(address).PathAndQuery));
    }

    [Fact]
    public async Task A_referral_is_sent_from_the_persons_page_and_accepted_on_the_receivers_worklist()
    {
        var person = await PersonInSettings();
        var sender = await browser.SignedIn("acute.doctor", 390);
        await sender.GotoAsync(new Uri(browser.Web, $"people/{person}/refer").ToString());
        await Browser.MustBeAccessible(sender);
        await sender.ClickAsync("main button[type=submit]");
        Assert.Contains("There is a problem", await sender.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
        await sender.SelectOptionAsync("#To", "R1L-LIAISON-BAS");
        await sender.FillAsync("#Reason", "Low mood <b>since</b> the fall");
        await sender.ClickAsync("main button[type=submit]");
        Assert.Contains("has been sent", await sender.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);

        var receiver = await browser.SignedIn("mh.nurse", 390);
        await Testing.RunningAppHost.Until(async () =>
        {
            await receiver.GotoAsync(new Uri(browser.Web, "worklist?team=R1L-LIAISON-BAS").ToString());
            return await receiver.QuerySelectorAsync("text=Low mood <b>since</b> the fall");
        }, "the referral on the worklist");
        await Browser.MustBeAccessible(receiver);
        await receiver.ClickAsync("button:has-text('Accept')");

        Assert.Contains("has been accepted", await receiver.InnerTextAsync(".nhsuk-inset-text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_board_sees_figures_feeds_and_claims_downloads_the_pack_and_opens_no_patient(int width)
    {
        var page = await browser.SignedIn("board.member", width);
        await page.GotoAsync(new Uri(browser.Web, "board").ToString());
        await Browser.MustBeAccessible(page);
        Assert.Equal(10, (await page.QuerySelectorAllAsync("section[aria-labelledby=deployment] tbody tr")).Count);
        Assert.Contains("SIMULATED DATA", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
        var claims = await page.InnerTextAsync("section[aria-labelledby=claims]");
        Assert.All((string[])["£36m", "£27m", "March 2025", "superseded", "provisional", "over 10"], text => Assert.Contains(text, claims, StringComparison.Ordinal));

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=Download the board pack"));
        Assert.Contains("SIMULATED DATA", download.SuggestedFilename, StringComparison.Ordinal);

        await page.GotoAsync(new Uri(browser.Web, $"people/{await PersonInSettings()}").ToString());
        Assert.Contains("not open to your role", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_jobs_of_the_worker_stand_behind_sign_in()
    {
        var nurse = await browser.SignedIn("mh.nurse", 1280);
        var manager = await browser.SignedIn("feed.manager", 1280);
        var jobs = new Uri(browser.Stack.Addresses["record-worker"], "hangfire").ToString();

        await nurse.GotoAsync(jobs);
        await manager.GotoAsync(jobs);

        Assert.Contains("does not open the jobs", await nurse.InnerTextAsync("body"), StringComparison.Ordinal);
        Assert.Contains("Jobs of the shared record", await manager.TitleAsync(), StringComparison.Ordinal);
    }

    // Somebody with stays and contacts in more than one setting.
    private async Task<string> PersonInSettings()
    {
        var links = new Dictionary<string, int>();
        var bundle = await browser.Stack.Get("record-api", "fhir/Person?_count=200", "mh.nurse");
        foreach (var entry in bundle.GetProperty("entry").EnumerateArray())
        {
            var resource = entry.GetProperty("resource");
            if (resource.TryGetProperty("link", out var link)) links[resource.GetProperty("id").GetString()!] = link.GetArrayLength();
        }

        foreach (var (id, _) in links.OrderByDescending(pair => pair.Value))
        {
            var settings = (await browser.Stack.Get("record-api", $"people/{id}", "mh.nurse")).GetProperty("timeline").EnumerateArray().Select(item => item.GetProperty("setting").GetString()).Distinct();
            if (settings.Count() == 3) return id;
        }

        throw new InvalidOperationException("Nobody is known in all three settings.");
    }
}

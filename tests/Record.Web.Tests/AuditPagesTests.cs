using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The privacy officer's pages: the audit, a patient's access list, unusual access.</summary>
public class AuditPagesTests(Browser browser) : IClassFixture<Browser>
{
    // The doctor of Development, admitted to their own ward: the record is theirs, and so is the relationship.
    private async Task<string> DoctorOpensTheirOwnRecord()
    {
        await browser.Stack.SendV2("""
            MSH|^~\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A01|own-record|P|2.4|||AL|NE|GBR|UNICODE UTF-8
            EVN|A01|20260104101500||||20260104101500
            PID|1||OWN1^^^basildon-pas^PI~9997770013^^^NHS^NH||OKAFOR^Amara||19840312|F||||||||||||||||||||||||01
            PV1|1|I|AMU||||||||||||||||OWN-V1
            """);
        var person = await RunningAppHost.Until(async () =>
        {
            using var answer = await browser.Stack.Send(HttpMethod.Post, "record-api", "people/_search", "acute.doctor", new { nhsNumber = "9997770013" });
            var people = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("people");
            return people.GetArrayLength() == 1 ? people[0].GetProperty("id").GetString() : null;
        }, "the doctor's record");
        await browser.Stack.Get("record-api", $"people/{person}", "acute.doctor");
        return person;
    }

    // On a desk and in a pocket. For whoever wants to see it: SCREENSHOTS names a folder.
    private static async Task Look(IPage page, string name)
    {
        foreach (var width in (int[])[390, 1280])
        {
            await page.SetViewportSizeAsync(width, 900);
            await Browser.MustBeAccessible(page);
            if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}.png"), FullPage = true });
        }
    }

    [Fact]
    public async Task A_privacy_officer_finds_who_has_opened_a_record_and_why()
    {
        await DoctorOpensTheirOwnRecord();
        var page = await browser.SignedIn("privacy.acute", 1280);
        await page.ClickAsync("nav a:has-text('Audit')");
        await Look(page, "audit");
        await page.FillAsync("#Actor", "acute.doctor");
        await page.ClickAsync("button:has-text('Search')");
        Assert.Contains("Okafor", await page.InnerTextAsync("tbody"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Opened the person's page", await page.InnerTextAsync("tbody"), StringComparison.Ordinal);
        await Look(page, "audit-search");
        await page.FillAsync("#NhsNumber", "123");
        await page.ClickAsync("button:has-text('Find the person')");
        Assert.Contains("ten digits", await page.InnerTextAsync(".nhsuk-error-summary"), StringComparison.Ordinal);
        await Browser.MustBeAccessible(page);
        await page.FillAsync("#NhsNumber", "999 777 0013");
        await page.ClickAsync("button:has-text('Find the person')");
        await Look(page, "audit-person");
        await page.ClickAsync("section[aria-labelledby=by-person] .site-list a");

        var list = await page.InnerTextAsync("#main");

        Assert.DoesNotContain("9997770013", page.Url, StringComparison.Ordinal);
        Assert.Contains("acute.doctor", list, StringComparison.Ordinal);
        Assert.Contains("Clinician, acute, RAJ", list, StringComparison.Ordinal);
        Assert.Contains("Direct care", list, StringComparison.Ordinal);
        await Look(page, "access-list");
    }

    [Fact]
    public async Task The_audit_is_closed_to_those_who_treat_patients()
    {
        var page = await browser.SignedIn("mh.nurse", 1280);

        await page.GotoAsync(new Uri(browser.Web, "audit").ToString());

        Assert.Contains("not open to your role", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
    }
}

using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Record.Web.Tests;

/// <summary>The whole stack with thirty invented people, and a real Chromium in front of it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? chromium;

    public RunningAppHost Stack { get; } = new();

    public Uri Web => Stack.Addresses["record-web"];

    public async Task InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium";
        if (!File.Exists(path)) throw new InvalidOperationException($"{path} is missing. Type: sudo apt-get install -y chromium");
        await Stack.Start("--Simulator:Patients=30");
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox"] });
        await RunningAppHost.Until(async () => (await Stack.Get("record-api", "feeds", null)).EnumerateArray().Sum(feed => feed.GetProperty("mapped").GetInt64()) is var mapped and > 900
            && (await Stack.Get("record-api", "feeds", null)).EnumerateArray().Sum(feed => feed.GetProperty("backlog").GetInt64()) == 0 ? $"{mapped}" : null, "the simulated people");
    }

    public async Task DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        playwright?.Dispose();
        await Stack.DisposeAsync();
    }

    /// <summary>A page of a signed-in user.</summary>
    public async Task<IPage> SignedIn(string user, int width)
    {
        var context = await chromium!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, AcceptDownloads = true });
        var page = await context.NewPageAsync();
        await page.GotoAsync(Web.ToString());
        await page.FillAsync("#user", user);
        await page.FillAsync("#password", "local-only");
        await page.ClickAsync("button[type=submit]");
        await page.WaitForSelectorAsync("#main");
        return page;
    }

    /// <summary>No barrier that axe finds, nothing wider than the screen.</summary>
    public static async Task MustBeAccessible(IPage page)
    {
        var found = await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        Assert.True(found.Violations.Length == 0, string.Join("; ", found.Violations.Select(v => $"{v.Id}: {v.Help} ({v.Nodes[0].Target})")));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{page.Url} is wider than the screen");
    }
}

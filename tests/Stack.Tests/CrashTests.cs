using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>The database is killed while the ten systems send: nothing is lost, nothing is doubled.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly RunningAppHost stack = new();

    public Task InitializeAsync() => stack.Start("--Simulator:Patients=120");

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task Every_message_that_was_due_is_stored_once_and_mapped()
    {
        var due = int.Parse(await RunningAppHost.Until(() => Task.FromResult(Regex.Match(stack.Said, @"(\d+) messages are due, 0 have") is { Success: true } match ? match.Groups[1].Value : null), "the simulator's count"), CultureInfo.InvariantCulture);
        await RunningAppHost.Until(async () => (await Counts()).Received > 500 ? "some" : null, "the first messages");

        var postgres = stack.Children().Single(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("postgres\0-D", StringComparison.Ordinal));
        using (var database = Process.GetProcessById(postgres)) database.Kill();
        await RunningAppHost.Until(async () => await Settled(due) ? "settled" : null, "all messages mapped");
        var counts = await Counts();

        Assert.Contains("postgres           Restarting", stack.Said, StringComparison.Ordinal);
        Assert.InRange(counts.Received, due, due + 5); // what happened meanwhile is sent too
        Assert.Equal(counts.Received, counts.Mapped);
    }

    private async Task<bool> Settled(int due)
    {
        try
        {
            var counts = await Counts();
            return counts.Received >= due && counts.Received == counts.Mapped;
        }
        catch (HttpRequestException)
        {
            return false; // the database is coming back
        }
    }

    private async Task<(long Received, long Mapped)> Counts()
    {
        var feeds = (await stack.Get("record-api", "feeds", null)).EnumerateArray().ToList();
        return (feeds.Sum(feed => feed.GetProperty("received").GetInt64()), feeds.Sum(feed => feed.GetProperty("mapped").GetInt64()));
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>Database and worker are killed while messages come: nothing acknowledged is lost, nothing is applied twice.</summary>
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

    [Fact]
    public async Task Worker_and_database_killed_at_random_moments_under_load_lose_no_acknowledged_message_and_apply_none_twice()
    {
        var dice = new Random(11);
        using var over = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, bool>();
        var senders = Enumerable.Range(0, 8).Select(lane => Send(lane, acknowledged, over.Token)).ToList();
        for (var kill = 0; kill < 6; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(800, 4000)));
            Kill(kill % 2 == 0 ? "Record.Worker.dll" : "postgres\0-D");
        }

        await Task.Delay(TimeSpan.FromSeconds(3));
        await over.CancelAsync();
        await Task.WhenAll(senders);
        var stored = await RunningAppHost.Until(async () => await Stored() is { } rows && rows.All(row => row.State == "mapped") ? rows : null, "all messages mapped");

        Assert.True(acknowledged.Count > 100, $"{acknowledged.Count} acknowledged");
        Assert.Empty(acknowledged.Keys.Except(stored.Select(row => row.Control)));
        Assert.Equal(stored.Count, stored.Select(row => row.Control).Distinct().Count());
        foreach (var lane in Enumerable.Range(0, 8)) // each message moved its visit once: as many places as its moves say
        {
            var visit = await stack.Get("record-api", $"fhir/Encounter?identifier=CRASH-{lane}", "acute.doctor");
            Assert.Equal(1, visit.GetProperty("entry").GetArrayLength());
        }
    }

    // One admission, then moves between two wards; what was not answered is sent again, as a real sender does.
    private async Task Send(int lane, ConcurrentDictionary<string, bool> acknowledged, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var (control, time) = ($"crash-{lane}-{i}", $"20260104{8 + i / 3600:00}{i / 60 % 60:00}{i % 60:00}");
            var message = $"""
                MSH|^~\&|basildon-pas|RAJ|MSE-RECORD|MSE|{time}||ADT^{(i == 0 ? "A01" : "A02")}|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
                EVN|A02|{time}||||{time}
                PID|1||CRASH{lane}^^^basildon-pas^PI||CRASH^Anna||19800201|F
                PV1|1|I|{(i % 2 == 0 ? "AMU" : "LISTER")}||||||||||||||||CRASH-{lane}
                """;
            while (!over.IsCancellationRequested)
            {
                try
                {
                    if ((await Exchange(message)).Contains($"MSA|CA|{control}", StringComparison.Ordinal) && acknowledged.TryAdd(control, true)) break;
                }
                catch (Exception broken) when (broken is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
                {
                    await Task.Delay(200, CancellationToken.None);
                }
            }
        }
    }

    private async Task<string> Exchange(string message)
    {
        using var slow = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("localhost", stack.Addresses["record-worker mllp"].Port, slow.Token);
        await client.GetStream().WriteAsync((byte[])[0x0B, .. System.Text.Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")), 0x1C, 0x0D], slow.Token);
        var buffer = new byte[4096];
        var count = await client.GetStream().ReadAsync(buffer, slow.Token);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }

    private void Kill(string what)
    {
        foreach (var id in stack.Children())
            if (File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Contains(what, StringComparison.Ordinal))
                using (var process = Process.GetProcessById(id)) process.Kill();
    }

    private async Task<List<(string Control, string State)>?> Stored()
    {
        var rows = new List<(string, string)>();
        try
        {
            for (var after = 0L; ;)
            {
                var page = (await stack.Get("record-api", $"feeds/basildon-pas/messages?after={after}", null)).EnumerateArray().ToList();
                if (page.Count == 0) return rows;
                rows.AddRange(page.Where(row => row.GetProperty("controlId").GetString()!.StartsWith("crash-", StringComparison.Ordinal)).Select(row => (row.GetProperty("controlId").GetString()!, row.GetProperty("state").GetString()!)));
                after = page[^1].GetProperty("id").GetInt64();
            }
        }
        catch (HttpRequestException)
        {
            return null; // the database is coming back
        }
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

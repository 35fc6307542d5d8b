using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Testing;
using Xunit;

namespace Suites.Tests;

/// <summary>
/// 3,926 messages that nobody here wrote (google/simhospital, Apache-2.0), sent through the same door by the documented command:
/// each is stored and mapped, or refused with its reason, and the counts add up.
/// </summary>
public sealed class SimulatedHospitalTests : IAsyncLifetime
{
    private readonly RunningAppHost stack = new();

    public Task InitializeAsync() => stack.Start("--Simulator:Enabled=false");

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task Every_message_is_taken_or_refused_with_its_reason_and_the_counts_add_up()
    {
        var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        var path = Path.Combine(data, "hl7v2", "simulated-hospital.zip");
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var simulator = Path.Combine(Checkout.Root, "Simulator", "bin", output.Parent!.Name, output.Name, "Simulator.dll");

        using var send = Process.Start(new ProcessStartInfo("dotnet", [simulator, "send", path, "--mllp", $"localhost:{stack.Addresses["record-worker mllp"].Port}"]) { RedirectStandardOutput = true })!;
        var said = await send.StandardOutput.ReadToEndAsync();
        await send.WaitForExitAsync();
        var feed = await RunningAppHost.Until(Settled, "all messages mapped");

        Assert.Equal(0, send.ExitCode);
        Assert.Equal(3926, Count(said, "sent"));
        Assert.Equal(3926, Count(said, "taken") + Count(said, "refused"));
        Assert.Equal(0, Count(said, "refused"));
        Assert.Equal((3926, 0), (feed["received"], feed["refused"]));
        Assert.Equal(3926, feed["mapped"] + feed["waiting"] + feed["refused"]);
        Assert.Equal(0, feed["waiting"]);
    }

    private async Task<Dictionary<string, long>?> Settled()
    {
        var feed = await stack.Get("record-api", "feeds/simulated-hospital", null);
        var counts = feed.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Number && property.Name != "lagSeconds").ToDictionary(property => property.Name, property => property.Value.GetInt64());
        return counts["received"] == 3926 && counts["backlog"] == 0 ? counts : null;
    }

    private static int Count(string said, string name) => int.Parse(Regex.Match(said, $@"^{name}\s+(\d+)$", RegexOptions.Multiline).Groups[1].Value, null);
}

using System.Globalization;
using System.Text.Json;

namespace Simulator.Sending;

/// <summary>Plays the ten source systems: goes on after what the record has already received, so that nothing is sent twice.</summary>
public sealed partial class Playing(RecordClient record, V2Sender v2, BundleSender bundles, IConfiguration settings, TimeProvider clock, ILogger<Playing> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.GetValue("Simulator:Enabled", true)) return;
        var sources = SourceFile.Read(settings["Config:Directory"] ?? throw new InvalidOperationException("Config__Directory is missing."));
        var feeds = await Feeds(sources, stoppingToken);
        var first = feeds.Values.Select(feed => feed.GetProperty("firstReceivedAt")).Where(at => at.ValueKind == JsonValueKind.String).Select(at => at.GetDateTimeOffset()).DefaultIfEmpty(clock.GetUtcNow()).Min();
        var lanes = Lane.All(sources, settings.GetValue("Simulator:Seed", 1), settings.GetValue("Simulator:Patients", 1000), DateOnly.FromDateTime(first.UtcDateTime));
        var now = clock.GetUtcNow();
        LogStart(lanes.Sum(lane => lane.Events.Count(e => e.At <= now)), lanes.Sum(lane => Next(feeds, lane)));
        await Task.WhenAll(lanes.Select(lane => lane.Source.Protocol == "fhir" ? bundles.Run(lane, Next(feeds, lane), stoppingToken) : v2.Run(lane, Next(feeds, lane), stoppingToken)));
    }

    private async Task<Dictionary<string, JsonElement>> Feeds(IReadOnlyList<SourceFile> sources, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var feeds = new Dictionary<string, JsonElement>();
                foreach (var source in sources) feeds[source.Code] = await record.Get($"feeds/{source.Code}", cancellation);
                return feeds;
            }
            catch (HttpRequestException problem)
            {
                LogWaiting(problem.StatusCode?.ToString() ?? "no answer");
                await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellation);
            }
        }
    }

    private static int Next(Dictionary<string, JsonElement> feeds, Lane lane) =>
        feeds[lane.Source.Code].GetProperty("lastControlIds").TryGetProperty(lane.Name, out var last)
            ? int.Parse(last.GetString()![(lane.Name.Length + 1)..], CultureInfo.InvariantCulture) + 1 : 0;

    [LoggerMessage(1510, LogLevel.Information, "{Due} messages are due, {Sent} have been received before")]
    private partial void LogStart(int due, int sent);

    [LoggerMessage(1511, LogLevel.Information, "Waiting for the record: {Problem}")]
    private partial void LogWaiting(string problem);
}

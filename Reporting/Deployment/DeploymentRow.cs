using Record.Core.Organisations;
using Reporting.Figures;

namespace Reporting.Deployment;

/// <summary>One source system on its way into the shared record, as its feed shows it. Nothing here is typed in.</summary>
internal sealed record DeploymentRow(
    string Code, string Name, string Organisation, string OrganisationName, string Setting, string Protocol,
    bool InProgramme, Origin Origin, FeedMeasure? Feed, TimeSpan SilentAfter, DateTimeOffset Now)
{
    public const string StageRule =
        "Measured from the feed: not connected (nothing ever received), feeding (heard within the source's silence limit; the source system "
        + "is still live beside the record), silent (longer than that: we cannot see, which is not the same as nothing happening). "
        + "Later stages (primary here, read-only, archived) need evidence that no feed gives, so they are not claimed here.";

    public FeedStage Stage => Feed is null ? FeedStage.NotConnected
        : Silent ? FeedStage.Silent
        : FeedStage.Feeding;

    public bool Silent => Feed is not null && Now - Feed.LastReceived > SilentAfter;

    /// <summary>Messages not refused, of those received, per cent; null where nothing was received.</summary>
    public decimal? AcceptancePercent => Feed is { Received: > 0 } f
        ? Math.Round(100m * (f.Received - f.Refused) / f.Received, 2, MidpointRounding.ToZero) // 99.999 % is not 100 %
        : null;

    /// <summary>How long the oldest message that is not yet mapped has been waiting; zero when none is.</summary>
    public TimeSpan? Lag => Feed is null ? null : Feed.OldestBacklog is { } oldest && oldest < Now ? Now - oldest : TimeSpan.Zero;

    public static DeploymentRow Of(SourceSystem source, string organisationName, FeedMeasure? feed, bool simulated, DateTimeOffset now) => new(
        source.Code, source.Name, source.Organisation, organisationName, source.Setting, source.Protocol,
        source.InProgramme, Origins.Of(simulated || source.Simulated), feed, source.SilentAfter, now);

    /// <summary>Messages under a name that no configuration knows: shown, because hiding them would hide a loss.</summary>
    public static DeploymentRow Unconfigured(FeedMeasure feed, bool simulated, DateTimeOffset now) => new(
        feed.Source, $"{feed.Source} (not configured)", "", "", "", "", false, Origins.Of(simulated), feed, TimeSpan.FromHours(1), now);
}

/// <summary>How far a source has come, in words that a feed can prove.</summary>
internal enum FeedStage
{
    NotConnected,
    Feeding,
    Silent,
}

internal static class FeedStages
{
    public static string Text(this FeedStage stage) => stage switch
    {
        FeedStage.NotConnected => "Not connected",
        FeedStage.Feeding => "Feeding, dual run",
        _ => "Silent: we cannot see",
    };
}

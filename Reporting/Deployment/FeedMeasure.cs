namespace Reporting.Deployment;

/// <summary>What one source's feed has done, counted from what arrived.</summary>
internal sealed record FeedMeasure(
    string Source, DateTimeOffset FirstReceived, DateTimeOffset LastReceived, DateTimeOffset? LastEvent,
    long Received, long Mapped, long Waiting, long Refused, long Backlog, DateTimeOffset? OldestBacklog,
    long Received24Hours, long Refused24Hours);

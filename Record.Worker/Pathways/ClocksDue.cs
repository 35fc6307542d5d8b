using Hangfire;
using Record.Core.Pathways;

namespace Record.Worker.Pathways;

/// <summary>Moves clocks on that nothing but time has changed: at risk, then breached.</summary>
[DisableConcurrentExecution(60)]
public sealed partial class ClocksDue(EvaluatePathways pathways, ILogger<ClocksDue> logger)
{
    /// <summary>Goes on until none is due.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        var moved = 0;
        while (await pathways.EvaluateDue(cancellation) is var count and > 0) moved += count;
        if (moved > 0) LogMoved(moved);
    }

    [LoggerMessage(6001, LogLevel.Information, "Clocks of {People} people were moved on by time")]
    private partial void LogMoved(int people);
}

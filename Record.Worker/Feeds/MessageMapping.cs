using System.Diagnostics;
using Npgsql;
using Record.Core.ChangeLog;
using Record.Core.Feeds.Mapping;

namespace Record.Worker.Feeds;

/// <summary>Maps what has been received, as long as the worker runs; in small steps while senders wait for their acknowledgements.</summary>
internal sealed partial class MessageMapping(MapMessages mapping, GiveWay giveWay, ILogger<MessageMapping> logger) : BackgroundService
{
    private const int BatchSize = 200, SmallBatch = 40;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = Stopwatch.GetTimestamp();
                wait = await mapping.Step(giveWay.IsAsked ? SmallBatch : BatchSize, stoppingToken) > 0 ? giveWay.After(Stopwatch.GetElapsedTime(began)) : Idle;
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or ObjectDisposedException)
            {
                wait = wait < Idle ? Idle : wait < Longest ? wait * 2 : Longest;
                LogFailed(problem);
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1101, LogLevel.Error, "Mapping failed; the messages wait and are tried again")]
    private partial void LogFailed(Exception problem);
}

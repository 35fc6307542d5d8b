using Npgsql;
using Record.Core.Feeds.Mapping;

namespace Record.Worker.Feeds;

/// <summary>Maps what has been received, as long as the worker runs.</summary>
internal sealed partial class MessageMapping(MapMessages mapping, ILogger<MessageMapping> logger) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                wait = await mapping.Step(BatchSize, stoppingToken) > 0 ? TimeSpan.Zero : Idle;
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

using System.Net.Sockets;

namespace Simulator.Sending;

/// <summary>
/// Sends a lane over MLLP: up to so many messages wait for their acknowledgement; when the connection is lost, what was not
/// acknowledged is sent again, in order.
/// </summary>
public sealed partial class V2Sender(string host, int port, TimeProvider clock, ILogger<V2Sender> logger)
{
    private const int Outstanding = 64;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>Sends from a place on; what has not happened yet is sent when it does.</summary>
    public async Task Run(Lane lane, int from, CancellationToken cancellation)
    {
        var next = from;
        var wait = TimeSpan.FromMilliseconds(500);
        while (next < lane.Events.Count)
        {
            try
            {
                using var connection = await MllpConnection.Open(host, port, cancellation);
                wait = TimeSpan.FromMilliseconds(500);
                await foreach (var acknowledged in Pump(connection, lane, next, cancellation)) next = acknowledged + 1;
            }
            catch (Exception problem) when (problem is IOException or SocketException)
            {
                LogLost(lane.Source.Code, problem.GetType().Name);
                await Task.Delay(wait, clock, cancellation);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }

    private async IAsyncEnumerable<int> Pump(
        MllpConnection connection, Lane lane, int from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (sent, acknowledged) = (from, from);
        while (acknowledged < lane.Events.Count)
        {
            while (sent < lane.Events.Count && sent - acknowledged < Outstanding && lane.Events[sent].At <= clock.GetUtcNow())
                await connection.Send(lane.Message(sent++), cancellation);
            if (sent == acknowledged)
            {
                await Until(lane.Events[sent].At, cancellation);
                continue;
            }

            var answer = await connection.Receive(cancellation);
            if (answer.Control != lane.Control(acknowledged)) throw new IOException("An acknowledgement came for another message.");
            if (!answer.Taken) LogRefused(lane.Source.Code, answer.Control, answer.Reason);
            yield return acknowledged++;
        }
    }

    private async Task Until(DateTimeOffset at, CancellationToken cancellation)
    {
        var wait = at - clock.GetUtcNow();
        if (wait > TimeSpan.Zero) await Task.Delay(wait < TimeSpan.FromHours(1) ? wait : TimeSpan.FromHours(1), clock, cancellation);
    }

    [LoggerMessage(1501, LogLevel.Warning, "{Source}: the connection was lost ({Problem}); what was not acknowledged is sent again")]
    private partial void LogLost(string source, string problem);

    [LoggerMessage(1502, LogLevel.Warning, "{Source}: message {Control} was refused: {Reason}")]
    private partial void LogRefused(string source, string control, string reason);
}

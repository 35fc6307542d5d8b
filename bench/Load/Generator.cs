using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Load;

/// <summary>What a run measured.</summary>
/// <param name="PerSecond">Right answers a second, from the first request to the last answer.</param>
/// <param name="Times">How long they took.</param>
/// <param name="Duration">How long the run took.</param>
internal sealed record Measurement(double PerSecond, Histogram Times, TimeSpan Duration);

/// <summary>
/// Closed load: each connection asks again as soon as its answer is whole. One thread and one poll serve all connections, so that
/// the generator takes as little as possible of the machine that it shares with the server.
/// </summary>
internal sealed class Generator(IPEndPoint server, Func<byte[]> shared, CancellationToken cancellation)
{
    private const int SampleEvery = 32;

    /// <summary>Asks the exchanges round and round for a time.</summary>
    public Measurement Run(IReadOnlyList<Exchange> exchanges, int connections, TimeSpan duration)
    {
        var (next, until) = (0, Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        return Drive(connections, () => Stopwatch.GetTimestamp() < until ? exchanges[next++ % exchanges.Count] : null, null);
    }

    /// <summary>Asks each exchange once.</summary>
    public Measurement RunOnce(IReadOnlyList<Exchange> exchanges, int connections, Action<Exchange, Answer>? answered)
    {
        var next = 0;
        return Drive(connections, () => next < exchanges.Count ? exchanges[next++] : null, answered);
    }

    private Measurement Drive(int count, Func<Exchange?> next, Action<Exchange, Answer>? answered)
    {
        var connections = Enumerable.Range(0, count).Select(_ => new LoadConnection(server)).ToList();
        var bySocket = connections.ToDictionary(connection => connection.Socket);
        try
        {
            var times = new Histogram();
            var started = Stopwatch.GetTimestamp();
            var busy = connections.Count(connection => AskNext(connection, next));
            List<Socket> readable = new(count), writable = new(count);
            while (busy > 0)
            {
                Wait(connections, readable, writable);
                foreach (var socket in writable) bySocket[socket].SendMore();
                foreach (var socket in readable)
                    if (Finished(bySocket[socket], times, answered) && !AskNext(bySocket[socket], next)) busy--;
            }

            var taken = Stopwatch.GetElapsedTime(started);
            return new(times.Count / taken.TotalSeconds, times, taken);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private void Wait(List<LoadConnection> connections, List<Socket> readable, List<Socket> writable)
    {
        cancellation.ThrowIfCancellationRequested();
        readable.Clear();
        writable.Clear();
        foreach (var connection in connections)
        {
            if (connection.Asked is not null) readable.Add(connection.Socket);
            if (connection.HasMoreToSend) writable.Add(connection.Socket);
        }

        Socket.Select(readable, writable.Count > 0 ? writable : null, null, TimeSpan.FromSeconds(120));
        if (readable.Count + writable.Count == 0) throw new LoadFailure("No answer within two minutes.");
    }

    private bool AskNext(LoadConnection connection, Func<Exchange?> next)
    {
        if (next() is not { } exchange) return false;
        connection.Ask(exchange, shared());
        return true;
    }

    private static bool Finished(LoadConnection connection, Histogram times, Action<Exchange, Answer>? answered)
    {
        if (connection.Receive() is not { } ticks) return false;
        times.Add(ticks);
        var (exchange, answer) = (connection.Asked!, connection.Answer);
        if (answer.Status != exchange.Status) throw Wrong(exchange, answer, $"status {answer.Status} where {exchange.Status} is right");
        if (times.Count % SampleEvery == 1 && exchange.Fault(answer.Body()) is { } fault) throw Wrong(exchange, answer, fault);
        answered?.Invoke(exchange, answer);
        connection.Done();
        return true;
    }

    private static LoadFailure Wrong(Exchange exchange, Answer answer, string fault)
    {
        var request = Encoding.UTF8.GetString(exchange.Head.AsSpan(0, exchange.Head.AsSpan().IndexOf((byte)'\r')));
        var said = Encoding.UTF8.GetString(answer.Body());
        return new($"{request}: {fault}. It said: {said[..Math.Min(said.Length, 600)]}");
    }
}

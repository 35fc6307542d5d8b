using System.Net.Sockets;
using System.Text;

namespace Simulator.Sending;

/// <summary>An acknowledgement as far as a sender needs it.</summary>
/// <param name="Code">MSA-1.</param>
/// <param name="Control">MSA-2.</param>
/// <param name="Reason">MSA-3.</param>
public sealed record Acknowledgement(string Code, string Control, string Reason)
{
    public bool Taken => Code is "AA" or "CA";
}

/// <summary>One MLLP connection to a receiver: frames out, acknowledgements in.</summary>
public sealed class MllpConnection : IDisposable
{
    private readonly TcpClient client;
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly List<byte> partial = [];
    private readonly Queue<Acknowledgement> arrived = new();

    private MllpConnection(TcpClient client) => this.client = client;

    public static async Task<MllpConnection> Open(string host, int port, CancellationToken cancellation)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellation);
            return new(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task Send(byte[] message, CancellationToken cancellation)
    {
        var frame = new byte[message.Length + 3];
        frame[0] = 0x0B;
        message.CopyTo(frame, 1);
        (frame[^2], frame[^1]) = (0x1C, 0x0D);
        await client.GetStream().WriteAsync(frame, cancellation);
    }

    /// <summary>The next acknowledgement.</summary>
    /// <exception cref="IOException">The receiver has closed the connection.</exception>
    public async Task<Acknowledgement> Receive(CancellationToken cancellation)
    {
        while (arrived.Count == 0)
        {
            var count = await client.GetStream().ReadAsync(buffer, cancellation);
            if (count == 0) throw new IOException("The receiver closed the connection.");
            foreach (var value in buffer.AsSpan(0, count))
            {
                if (value == 0x0B) partial.Clear();
                else if (value != 0x1C) partial.Add(value);
                else
                {
                    arrived.Enqueue(Read(Encoding.UTF8.GetString([.. partial])));
                    partial.Clear();
                }
            }
        }

        return arrived.Dequeue();
    }

    public void Dispose() => client.Dispose();

    private static Acknowledgement Read(string message)
    {
        var answer = message.Split('\r', '\n').FirstOrDefault(segment => segment.StartsWith("MSA|", StringComparison.Ordinal))?.Split('|') ?? [];
        return new(answer.ElementAtOrDefault(1) ?? "", answer.ElementAtOrDefault(2) ?? "", answer.ElementAtOrDefault(3) ?? "");
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bench.Load;

/// <summary>One keep-alive connection of the generator. Never waits: it goes on when the socket can.</summary>
internal sealed class LoadConnection : IDisposable
{
    private byte[] output = new byte[4096];
    private int outputLength, sent;
    private long started;

    public LoadConnection(IPEndPoint server)
    {
        Socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(server);
        Socket.Blocking = false;
    }

    public Socket Socket { get; }

    public Answer Answer { get; } = new();

    /// <summary>What is being asked; null while idle.</summary>
    public Exchange? Asked { get; private set; }

    public bool HasMoreToSend => sent < outputLength;

    public void Ask(Exchange exchange, byte[] shared)
    {
        Asked = exchange;
        (outputLength, sent) = (exchange.Head.Length + shared.Length + exchange.Body.Length, 0);
        if (output.Length < outputLength) output = new byte[outputLength * 2];
        exchange.Head.CopyTo(output, 0);
        shared.CopyTo(output, exchange.Head.Length);
        exchange.Body.CopyTo(output, exchange.Head.Length + shared.Length);
        Answer.Clear();
        started = Stopwatch.GetTimestamp();
        SendMore();
    }

    public void SendMore()
    {
        while (HasMoreToSend)
        {
            sent += Socket.Send(output.AsSpan(sent, outputLength - sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) throw new LoadFailure($"The connection broke while sending: {error}.");
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Ticks from the first byte sent to the last received, once the answer is whole.</returns>
    public long? Receive()
    {
        while (true)
        {
            var room = Answer.Room();
            var count = Socket.Receive(room, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return null;
            if (error != SocketError.Success || count == 0) throw new LoadFailure($"The server closed a connection before its answer was whole ({error}).");
            if (Answer.Take(count)) return Stopwatch.GetTimestamp() - started;
            if (count < room.Length) return null;
        }
    }

    public void Done() => Asked = null;

    public void Dispose() => Socket.Dispose();
}

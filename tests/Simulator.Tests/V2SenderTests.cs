using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Sending;
using Xunit;

namespace Simulator.Tests;

/// <summary>Nothing is lost and the order is kept when a connection breaks: over a real socket.</summary>
public class V2SenderTests
{
    [Fact]
    public async Task What_was_not_acknowledged_is_sent_again_in_order()
    {
        var sources = SourceFile.Read(Path.Combine(Root(AppContext.BaseDirectory), "config"));
        var lane = Lane.All(sources, 1, 3, new DateOnly(2024, 1, 1)).First(lane => lane.Source.Code == "mh-community" || lane.Source.Protocol == "hl7v2");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var sending = new V2Sender("localhost", port, TimeProvider.System, NullLogger<V2Sender>.Instance).Run(lane, 0, stop.Token);
        var first = await Receive(listener, 10, acknowledge: 7, stop.Token);
        var second = await Receive(listener, 5, acknowledge: 5, stop.Token);
        await stop.CancelAsync();

        Assert.Equal(Enumerable.Range(0, 10).Select(lane.Control), first);
        Assert.Equal(Enumerable.Range(7, 5).Select(lane.Control), second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    // Takes a connection, reads so many messages, acknowledges the first of them, and breaks it off.
    private static async Task<List<string>> Receive(TcpListener listener, int messages, int acknowledge, CancellationToken cancellation)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellation);
        var stream = client.GetStream();
        var (buffer, text) = (new byte[65536], "");
        while (text.Count(letter => letter == '\x1C') < messages) text += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, cancellation));
        var controls = text.Split('\x0B', StringSplitOptions.RemoveEmptyEntries).Take(messages).Select(message => message.Split('|')[9]).ToList();
        foreach (var control in controls.Take(acknowledge))
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"\x0BMSH|^~\\&|R|R|||||ACK||P|2.4\rMSA|CA|{control}\r\x1C\r"), cancellation);
        await Task.Delay(300, cancellation);
        return controls;
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "MseEpr.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}

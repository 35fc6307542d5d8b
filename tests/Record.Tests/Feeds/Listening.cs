using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Record.Core.Feeds;
using Record.Worker.Feeds;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>A real listener on a free port in front of a real database, with mapping behind it.</summary>
public sealed class Listening : IAsyncLifetime
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<MllpListener> listeners = [];
    private Outcomes? outcomes;
    private Task? mapping;

    public FeedRecord Feeds { get; } = new();

    public int Port { get; private set; }

    public async Task InitializeAsync()
    {
        await Feeds.InitializeAsync();
        outcomes = new Outcomes(new MessageStore(Feeds.Record.Source));
        await outcomes.StartAsync(stop.Token);
        Port = await Listen(new MllpOptions { Port = 0, LargestMessage = 1024 * 1024, LargestTogether = 16 * 1024 * 1024, Connections = 700 });
        mapping = Map();
    }

    /// <summary>One more listener, with other options.</summary>
    public async Task<int> Listen(MllpOptions options)
    {
        var listener = new MllpListener(Options.Create(options), new MessageDesk(Feeds.Door, Feeds.Inbox, outcomes!, new(Feeds.Record.Clock), Feeds.Record.Clock), NullLogger<MllpListener>.Instance);
        listeners.Add(listener);
        await listener.StartAsync(stop.Token);
        return await listener.Port;
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var listener in listeners) await listener.StopAsync(CancellationToken.None);
        await outcomes!.StopAsync(CancellationToken.None);
        await mapping!;
        await Feeds.DisposeAsync();
        foreach (var listener in listeners) listener.Dispose();
        outcomes.Dispose();
        stop.Dispose();
    }

    /// <summary>A connection, in TLS if the certificate of the listener is given; with a certificate of the sender's own if that is.</summary>
    public static async Task<Stream> Connect(int port, X509Certificate2? authority = null, X509Certificate2? own = null)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port);
        if (authority is null) return client.GetStream();
        var tls = new SslStream(client.GetStream(), false, (_, shown, _, _) => shown?.GetCertHashString() == authority.GetCertHashString());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = own is null ? null : [own] });
        return tls;
    }

    public static byte[] Frame(string message) => [0x0B, .. Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")), 0x1C, 0x0D];

    /// <summary>The next frames, or fewer if the connection ends or nothing comes for a while.</summary>
    public static async Task<List<string>> Answers(Stream stream, int count, int patience = 5000)
    {
        var (answers, partial, buffer) = (new List<string>(), new StringBuilder(), new byte[8192]);
        using var slow = new CancellationTokenSource();
        try
        {
            while (answers.Count < count)
            {
                slow.CancelAfter(patience);
                var got = await stream.ReadAsync(buffer, slow.Token);
                if (got == 0) break;
                foreach (var letter in Encoding.UTF8.GetString(buffer, 0, got))
                {
                    if (letter == '\u000B') partial.Clear();
                    else if (letter != '\u001C') partial.Append(letter);
                    else answers.Add(partial.ToString().TrimStart('\r'));
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // as many as came
        }

        return answers;
    }

    private async Task Map()
    {
        while (!stop.IsCancellationRequested)
            if (await Feeds.Mapping.Step(200, CancellationToken.None) == 0) await Task.Delay(50);
    }
}

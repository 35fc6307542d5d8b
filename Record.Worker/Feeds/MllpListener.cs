using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Record.Worker.Feeds;

/// <summary>Listens for HL7 v2 over MLLP. A message is acknowledged when it is durable, not before; answers keep the order of messages.</summary>
/// <remarks>HL7 Minimal Lower Layer Protocol release 1: https://www.hl7.org/documentcenter/public/wg/inm/mllp_transport_specification.PDF.</remarks>
public sealed partial class MllpListener(IOptions<MllpOptions> options, MessageDesk desk, ILogger<MllpListener> logger) : BackgroundService
{
    private readonly TaskCompletionSource<int> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MllpLimits limits = new(options.Value.LargestMessage, options.Value.LargestTogether, options.Value.Patience);
    private int connections;

    /// <summary>The port it listens on, once it does.</summary>
    public Task<int> Port => listening.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tls = MllpTls.Of(options.Value);
        using var listener = new TcpListener(IPAddress.Parse(options.Value.Address), options.Value.Port);
        listener.Start(512);
        listening.SetResult(((IPEndPoint)listener.LocalEndpoint).Port);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(stoppingToken);
                if (Interlocked.Increment(ref connections) <= options.Value.Connections) _ = Serve(client, tls, stoppingToken);
                else
                {
                    Interlocked.Decrement(ref connections);
                    LogTooMany(options.Value.Connections);
                    client.Dispose();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task Serve(TcpClient client, MllpTls? tls, CancellationToken cancellation)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                var stream = tls is null ? client.GetStream() : await tls.Secure(client.GetStream(), cancellation);
                await using (stream)
                    if (await new MllpConnection(stream, limits, desk.Answer).Run(cancellation) is { } fault) LogFault(fault);
            }
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or NpgsqlException or TimeoutException or AuthenticationException)
        {
            // What was not acknowledged will be sent again.
            if (problem is not OperationCanceledException) LogBroken(problem.GetType().Name);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }

    [LoggerMessage(1001, LogLevel.Warning, "A connection over the limit of {Limit} was closed")]
    private partial void LogTooMany(int limit);

    [LoggerMessage(1002, LogLevel.Warning, "An MLLP connection was closed: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(1003, LogLevel.Information, "An MLLP connection ended: {Problem}")]
    private partial void LogBroken(string problem);
}

using System.Net.Sockets;
using System.Text;

namespace Record.Api.Tests.Attacks;

/// <summary>Bytes to a socket, as no client library would send them.</summary>
internal static class Raw
{
    /// <summary>Sends the bytes and returns everything that comes back until the server closes, or two seconds pass in silence.</summary>
    public static async Task<string> Send(string address, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(address).Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes));
        var said = new StringBuilder();
        var buffer = new byte[16384];
        try
        {
            while (true)
            {
                using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                var read = await client.GetStream().ReadAsync(buffer, silence.Token);
                if (read == 0) break;
                said.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // said all that it says
        }

        return said.ToString();
    }
}

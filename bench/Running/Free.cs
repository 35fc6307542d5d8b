using System.Net;
using System.Net.Sockets;

namespace Bench.Running;

/// <summary>Ports that nobody uses now.</summary>
internal static class Free
{
    private static readonly HashSet<int> Given = [];

    public static int Port()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.Add(port)) return port;
        }
    }
}

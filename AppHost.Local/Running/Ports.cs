using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace AppHost.Local.Running;

/// <summary>Gives every endpoint its port, and says which of those asked for is taken.</summary>
internal static class Ports
{
    public static void Assign(IEnumerable<Resource> resources, int first)
    {
        var held = new List<TcpListener>(); // so that no two get the same free one
        try
        {
            if (first > 0) Hold(held, first, "the status page", first);
            foreach (var resource in resources)
                foreach (var endpoint in resource.Endpoints)
                    endpoint.Port = Hold(held, endpoint.Port ?? 0, resource.Name, first);
        }
        finally
        {
            foreach (var listener in held) listener.Dispose();
        }
    }

    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int Hold(List<TcpListener> held, int port, string who, int first)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        for (var attempt = 0; !Started(listener); attempt++)
        {
            if (attempt < 40) // what a stack before this one left may still be stopping
            {
                Thread.Sleep(250);
                continue;
            }

            throw new LocalHostException($"Port {port} ({who}) is taken by another program. Stop it, or choose other ports: -- --Ports:Base={first + 1000} --Ports:Mllp={3575} (0 takes free ones).");
        }

        held.Add(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Started(TcpListener listener)
    {
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

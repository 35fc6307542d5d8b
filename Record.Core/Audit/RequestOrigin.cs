using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Record.Core.Audit;

/// <summary>Which request it is and where it came from, as audit keeps it.</summary>
public static class RequestOrigin
{
    private const string RequestId = "X-Request-ID";

    /// <summary>
    /// The id that the caller gave in <c>X-Request-ID</c> or <c>traceparent</c>, so that their log, our audit and a trace can be brought together;
    /// else one of our own. It names a request and proves nothing: rows have numbers of their own.
    /// </summary>
    public static Guid Id(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.TryGetValue(RequestId, out var said) && Guid.TryParse(said.ToString(), out var id)) return id;
        if (headers.TraceParent is [{ Length: 55 } trace] && Guid.TryParseExact(trace.AsSpan(3, 32), "N", out id)) return id;
        return Activity.Current is { } activity ? Guid.ParseExact(activity.TraceId.ToHexString(), "N") : Guid.CreateVersion7();
    }

    /// <summary>Network address of the caller.</summary>
    public static string? Address(HttpContext http) => http.Connection.RemoteIpAddress is { } address ? Text(address) : null;

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}

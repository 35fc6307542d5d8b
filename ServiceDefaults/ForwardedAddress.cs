using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Microsoft.Extensions.Hosting;

/// <summary>From where a request comes that one of our own, or a proxy before us, hands on.</summary>
public static class ForwardedAddress
{
    private const string Header = "X-Forwarded-For";

    /// <summary>
    /// Believes <c>X-Forwarded-For</c> of those in <c>Network:Proxies</c> (addresses, separated by commas) and of this machine; of nobody else.
    /// </summary>
    public static void UseForwardedAddress(this WebApplication app)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
        foreach (var proxy in (app.Configuration["Network:Proxies"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            options.KnownProxies.Add(IPAddress.TryParse(proxy, out var address) ? address : throw new InvalidOperationException("Network__Proxies must be addresses, separated by commas."));
        app.UseWhen(http => http.Request.Headers.ContainsKey(Header), forwarded => forwarded.UseForwardedHeaders(options));
    }
}

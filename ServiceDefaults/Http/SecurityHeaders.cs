using Microsoft.AspNetCore.Builder;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every answer tells a browser: show nothing of this elsewhere, guess no type, hand no address on; by TLS only, outside Development.</summary>
public static class SecurityHeaders
{
    /// <summary>The policy of answers that are data: nothing may be loaded or run.</summary>
    public const string Data = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Adds the headers.</summary>
    /// <param name="app">The service.</param>
    /// <param name="policy">Its content security policy; one for data unless given.</param>
    public static void UseSecurityHeaders(this WebApplication app, string policy = Data)
    {
        if (!app.Environment.IsDevelopment()) app.UseHsts();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            return next(context);
        });
    }

    /// <summary>The places that forms may lead to: our own pages, and by redirect the origins of these addresses.</summary>
    public static string FormAction(IEnumerable<string?> addresses) =>
        string.Join(' ', addresses.OfType<string>().Where(address => Uri.TryCreate(address, UriKind.Absolute, out _)).Select(address => new Uri(address).GetLeftPart(UriPartial.Authority)).Distinct().Prepend("'self'"));
}

using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Record.Core.Audit;

/// <summary>
/// No answer to a request with a token leaves without a row, whatever endpoint gives it: stores write the rows that say what was seen; what
/// has none by the time its answer begins gets one here, and so does a refusal.
/// </summary>
public static class AuditEveryRequest
{
    private const int LongestSubject = 100, EndOfToken = 16;

    /// <summary>Watches every answer. Comes first, so that what others refuse is seen too.</summary>
    /// <param name="app">The host, with an <see cref="AuditLog"/>.</param>
    /// <param name="accessOf">Whose request it is; the same <see cref="Access"/> as the endpoint's, kept as a feature of the request.</param>
    public static void UseAudit(this WebApplication app, Func<HttpContext, Access> accessOf)
    {
        var audit = app.Services.GetRequiredService<AuditLog>();
        Func<object, Task> write = state => Write((HttpContext)state, audit, accessOf); // one for all requests
        app.Use((http, next) =>
        {
            http.Response.OnStarting(write, http);
            return next(http);
        });
    }

    private static Task Write(HttpContext http, AuditLog audit, Func<HttpContext, Access> accessOf)
    {
        var status = http.Response.StatusCode;
        var trail = http.Features.Get<Access>()?.Trail.Outcome;
        if (trail is not null && (status != StatusCodes.Status403Forbidden || trail != "success")) return Task.CompletedTask;
        return Of(http, status, accessOf) is { } row ? audit.Write(row, CancellationToken.None) : Task.CompletedTask;
    }

    // None for what is open to everybody, for who said nothing of who they are, and for what was not even looked at: too many requests, a failure of ours.
    private static AuditRow? Of(HttpContext http, int status, Func<HttpContext, Access> accessOf)
    {
        if (status is StatusCodes.Status500InternalServerError or StatusCodes.Status429TooManyRequests) return null;
        var endpoint = http.GetEndpoint();
        if (http.User.Identity?.IsAuthenticated != true)
            return status == StatusCodes.Status401Unauthorized && http.Request.Headers.Authorization.Count > 0 ? Row(http, endpoint, Unverified(http), status) : null;
        return endpoint is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? null : Row(http, endpoint, accessOf(http), status);
    }

    private static AuditRow Row(HttpContext http, Endpoint? endpoint, Access access, int status)
    {
        var (method, route) = (http.Request.Method, http.Request.RouteValues);
        var action = method switch { "GET" or "HEAD" => 'R', "PUT" or "PATCH" => 'U', "DELETE" => 'D', _ => 'E' };
        var pattern = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        return new(access, action, pattern is null ? method : $"{method} {pattern}", route["type"] as string, route["id"] as string,
            http.Request.Path + http.Request.QueryString.Value, status < 400 ? "success" : $"http.{status}", []);
    }

    // Whom the token names, which nobody has verified, and its end, by which its owner can tell it.
    private static Access Unverified(HttpContext http)
    {
        var token = http.Request.Headers.Authorization.ToString();
        return new($"unverified:{Subject(token)}", "", "", "", token.Length > 4 * EndOfToken ? "…" + token[^EndOfToken..] : "", RequestOrigin.Id(http)) { From = RequestOrigin.Address(http) };
    }

    private static string Subject(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || parts[1].Length > 8192) return "";
        try
        {
            var payload = System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]);
            using var claims = JsonDocument.Parse(payload);
            return claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty("sub"u8, out var sub) && sub.ValueKind == JsonValueKind.String
                ? new string([.. sub.GetString()!.Where(c => !char.IsControl(c)).Take(LongestSubject)]) : "";
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}

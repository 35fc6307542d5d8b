using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Validates each bearer token once: whom it names is remembered, by the token's digest, until it expires. A token cannot be recalled
/// before that in any case.
/// </summary>
public sealed class KnownTokens(TimeProvider clock)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<Digest, (ClaimsPrincipal Principal, long Until)> known = new();

    private readonly record struct Digest(UInt128 First, UInt128 Second);

    /// <summary>Whom a header <c>Authorization</c> names, if it has been validated before and still holds.</summary>
    public ClaimsPrincipal? Find(string authorization) =>
        known.TryGetValue(Of(authorization), out var found) && found.Until > clock.GetUtcNow().UtcTicks ? found.Principal : null;

    /// <summary>Remembers a validated token.</summary>
    public void Remember(string authorization, ClaimsPrincipal principal, DateTimeOffset expires)
    {
        var now = clock.GetUtcNow();
        if (known.Count >= Most) Forget(now);
        if (known.Count >= Most) return;
        var until = expires < now + Longest ? expires : now + Longest;
        known[Of(authorization)] = (principal, until.UtcTicks);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (digest, (_, until)) in known)
            if (until <= now.UtcTicks) known.TryRemove(digest, out _);
    }

    private static Digest Of(string authorization)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> bytes = authorization.Length <= 4096 ? stackalloc byte[4096 * 3] : new byte[authorization.Length * 3];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(authorization, bytes)], hash);
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }
}

/// <summary>Signs requests in by their bearer tokens.</summary>
public static class KnownTokensExtensions
{
    /// <summary>As <c>UseAuthentication</c>, for services with bearer tokens alone; validates each token once.</summary>
    public static void UseBearerTokens(this WebApplication app)
    {
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true; // the host would add its own otherwise
        var tokens = app.Services.GetRequiredService<KnownTokens>();
        app.Use(async (http, next) =>
        {
            var authorization = http.Request.Headers.Authorization.ToString();
            if (authorization.Length > 0 && (tokens.Find(authorization) ?? await Validate(tokens, http, authorization)) is { } principal) http.User = principal;
            await next(http);
        });
    }

    private static async Task<ClaimsPrincipal?> Validate(KnownTokens tokens, HttpContext http, string authorization)
    {
        var result = await http.AuthenticateAsync();
        if (result is not { Succeeded: true, Principal: { } principal }) return null;
        if (result.Properties?.ExpiresUtc is { } expires) tokens.Remember(authorization, principal, expires);
        return principal;
    }
}

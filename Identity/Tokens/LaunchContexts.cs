using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>The patient whom a user has chosen for an app: made by the front end, taken once by the authorisation request of the same user, within five minutes.</summary>
internal sealed class LaunchContexts(IOpenIddictTokenManager tokens, TimeProvider clock)
{
    private const string Kind = "launch_context";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Keeps the choice.</summary>
    /// <returns>The value of the parameter <c>launch</c>.</returns>
    public async Task<string> Keep(string user, string patient, CancellationToken cancellation)
    {
        var launch = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await tokens.CreateAsync(new OpenIddictTokenDescriptor { ReferenceId = launch, Type = Kind, Subject = user, Payload = patient, Status = Statuses.Valid, CreationDate = now, ExpirationDate = now + Lifetime }, cancellation);
        return launch;
    }

    /// <summary>The patient chosen, once; null if this is not a choice of that user, or no longer.</summary>
    public async Task<string?> Take(string launch, string user, CancellationToken cancellation)
    {
        if (await tokens.FindByReferenceIdAsync(launch, cancellation) is not { } kept || !await tokens.HasTypeAsync(kept, Kind, cancellation)) return null;
        if (await tokens.GetSubjectAsync(kept, cancellation) != user || await tokens.GetExpirationDateAsync(kept, cancellation) <= clock.GetUtcNow()) return null;
        if (!await tokens.HasStatusAsync(kept, Statuses.Valid, cancellation)) return null;
        var patient = await tokens.GetPayloadAsync(kept, cancellation);
        return await tokens.TryRedeemAsync(kept, cancellation) ? patient : null;
    }
}

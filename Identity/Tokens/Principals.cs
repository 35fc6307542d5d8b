using System.Security.Claims;
using Identity.Accounts;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>What a token says of its holder: sub, name, role, organisation, team, purpose; and of an app's patient.</summary>
internal static class Principals
{
    public static ClaimsPrincipal Of(Account account, IEnumerable<string> scopes, string? purpose = null, string? patient = null)
    {
        var identity = New();
        identity.SetClaim(Claims.Subject, account.User).SetClaim(Claims.Name, account.Name).SetClaim(Claims.Role, account.Role)
            .SetClaim("organisation", account.Organisation)
            .SetClaim("patient", patient)
            .SetClaims("team", [.. account.Teams])
            .SetClaims("purpose", [.. new[] { "TREAT", purpose }.OfType<string>().Distinct()]);
        return Finish(identity, scopes.Except(AskedScopes.PassedOver));
    }

    public static ClaimsPrincipal OfSystem(string client, IEnumerable<string> scopes)
    {
        var identity = New();
        identity.SetClaim(Claims.Subject, client).SetClaim(Claims.Name, client).SetClaim(Claims.Role, "system").SetClaims("purpose", ["TREAT"]);
        return Finish(identity, scopes);
    }

    private static ClaimsIdentity New() => new(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);

    private static ClaimsPrincipal Finish(ClaimsIdentity identity, IEnumerable<string> scopes)
    {
        identity.SetScopes(scopes);
        identity.SetResources(RecordAuthentication.Audience);
        identity.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return new(identity);
    }
}

using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>The programs that may ask for tokens.</summary>
internal static class Clients
{
    /// <summary>Registers the browser applications, and in Development the machine account of CONTRACT.</summary>
    public static async Task Register(IOpenIddictApplicationManager applications, IConfiguration configuration, bool development, CancellationToken cancellation)
    {
        await Put(applications, Browser("record-web", configuration["Clients:Web"], Secret("record-web")), cancellation);
        await Put(applications, Browser("record-worker", configuration["Clients:Worker"], Secret("record-worker")), cancellation);
        if (development) await Put(applications, Machine("local-system", "local-system-secret"), cancellation);

        string? Secret(string client) => configuration[$"Clients:Secrets:{client}"] ?? (development ? client + "-local-secret" : null);
    }

    private static OpenIddictApplicationDescriptor? Browser(string id, string? address, string? secret)
    {
        if (address is null || secret is null) return null;
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            ClientSecret = secret,
            ClientType = ClientTypes.Confidential,
            ConsentType = ConsentTypes.Implicit,
            Permissions =
            {
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.EndSession,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code,
                Permissions.Scopes.Profile, Permissions.Prefixes.Scope + "record",
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };
        descriptor.RedirectUris.Add(new Uri(new Uri(address), "signin-oidc"));
        descriptor.PostLogoutRedirectUris.Add(new Uri(new Uri(address), "signout-callback-oidc"));
        return descriptor;
    }

    private static OpenIddictApplicationDescriptor Machine(string id, string secret) => new()
    {
        ClientId = id,
        ClientSecret = secret,
        ClientType = ClientTypes.Confidential,
        Permissions = { Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials, Permissions.Prefixes.Scope + "system/*.*" },
    };

    private static async Task Put(IOpenIddictApplicationManager applications, OpenIddictApplicationDescriptor? descriptor, CancellationToken cancellation)
    {
        if (descriptor is null) return;
        if (await applications.FindByClientIdAsync(descriptor.ClientId!, cancellation) is { } known) await applications.UpdateAsync(known, descriptor, cancellation);
        else await applications.CreateAsync(descriptor, cancellation);
    }
}

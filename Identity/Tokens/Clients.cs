using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>An app or a system that may ask for tokens: <c>Clients:Apps:ID</c> and <c>Clients:Systems:ID</c>.</summary>
internal sealed class ClientSettings
{
    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>The widest scopes that it may ask for.</summary>
    public string Scopes { get; init; } = "";

    /// <summary>Where an app is sent back to.</summary>
    public List<string> RedirectUris { get; init; } = [];

    /// <summary>Its secret, if it has one.</summary>
    public string? Secret { get; init; }

    /// <summary>Its public keys as JSON, for <c>private_key_jwt</c>.</summary>
    public string? Jwks { get; init; }

    /// <summary>The file that holds them.</summary>
    public string? JwksFile { get; init; }
}

/// <summary>The programs that may ask for tokens; what configuration does not name may not.</summary>
internal static class Clients
{
    /// <summary>Registers our own applications, the apps and systems of the configuration, and in Development the machine account of CONTRACT.</summary>
    public static async Task Register(IOpenIddictApplicationManager applications, IConfiguration configuration, bool development, CancellationToken cancellation)
    {
        List<OpenIddictApplicationDescriptor?> all =
        [
            Browser("record-web", configuration["Clients:Web"], Secret("record-web")), Browser("record-worker", configuration["Clients:Worker"], Secret("record-worker")),
            development ? System("local-system", new() { Secret = "local-system-secret", Scopes = "system/*.*" }) : null,
            .. (configuration.GetSection("Clients:Apps").Get<Dictionary<string, ClientSettings>>() ?? []).Select(pair => App(pair.Key, pair.Value)),
            .. (configuration.GetSection("Clients:Systems").Get<Dictionary<string, ClientSettings>>() ?? []).Select(pair => System(pair.Key, pair.Value)),
        ];
        var known = all.OfType<OpenIddictApplicationDescriptor>().ToDictionary(descriptor => descriptor.ClientId!);
        foreach (var descriptor in known.Values) await Put(applications, descriptor, cancellation);
        await Remove(applications, known.Keys, cancellation);

        string? Secret(string client) => configuration[$"Clients:Secrets:{client}"] ?? (development ? client + "-local-secret" : null);
    }

    private static OpenIddictApplicationDescriptor? Browser(string id, string? address, string? secret)
    {
        if (address is null || secret is null) return null;
        var descriptor = Person(id, new() { Secret = secret, Scopes = GrantedScopes.Record });
        descriptor.RedirectUris.Add(new Uri(new Uri(address), "signin-oidc"));
        descriptor.PostLogoutRedirectUris.Add(new Uri(new Uri(address), "signout-callback-oidc"));
        return descriptor;
    }

    private static OpenIddictApplicationDescriptor App(string id, ClientSettings settings)
    {
        var descriptor = Person(id, settings);
        descriptor.RedirectUris.UnionWith(settings.RedirectUris.Select(address => new Uri(address)));
        return descriptor;
    }

    private static OpenIddictApplicationDescriptor Person(string id, ClientSettings settings)
    {
        var descriptor = Of(id, settings);
        descriptor.Permissions.UnionWith([Permissions.Endpoints.Authorization, Permissions.Endpoints.EndSession, Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code]);
        descriptor.Requirements.Add(Requirements.Features.ProofKeyForCodeExchange);
        return descriptor;
    }

    private static OpenIddictApplicationDescriptor System(string id, ClientSettings settings)
    {
        var descriptor = Of(id, settings);
        if (descriptor.ClientType == ClientTypes.Public) throw new InvalidOperationException($"Clients:Systems:{id} has neither a secret nor keys.");
        descriptor.Permissions.Add(Permissions.GrantTypes.ClientCredentials);
        return descriptor;
    }

    private static OpenIddictApplicationDescriptor Of(string id, ClientSettings settings)
    {
        var keys = settings.Jwks ?? (settings.JwksFile is { } file ? File.ReadAllText(file) : null);
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            DisplayName = settings.Name,
            ClientSecret = settings.Secret,
            ClientType = settings.Secret is null && keys is null ? ClientTypes.Public : ClientTypes.Confidential,
            ConsentType = ConsentTypes.Implicit,
            JsonWebKeySet = keys is null ? null : JsonWebKeySet.Create(keys),
            Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Revocation },
        };
        descriptor.Permissions.UnionWith(settings.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(scope => Permissions.Prefixes.Scope + scope));
        return descriptor;
    }

    private static async Task Put(IOpenIddictApplicationManager applications, OpenIddictApplicationDescriptor descriptor, CancellationToken cancellation)
    {
        if (await applications.FindByClientIdAsync(descriptor.ClientId!, cancellation) is { } known) await applications.UpdateAsync(known, descriptor, cancellation);
        else await applications.CreateAsync(descriptor, cancellation);
    }

    // A client of another day, or of Development in a database that has moved on.
    private static async Task Remove(IOpenIddictApplicationManager applications, IReadOnlyCollection<string> known, CancellationToken cancellation)
    {
        var all = new List<object>();
        await foreach (var application in applications.ListAsync(cancellationToken: cancellation)) all.Add(application);
        foreach (var application in all)
            if (!known.Contains((await applications.GetClientIdAsync(application, cancellation))!)) await applications.DeleteAsync(application, cancellation);
    }
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;

namespace Identity.Tokens;

/// <summary>The keys of this issuer, loaded from the database before the first request is answered.</summary>
public sealed class Keys(IServiceScopeFactory scopes, TimeProvider clock) : IConfigureOptions<OpenIddictServerOptions>
{
    private readonly Lazy<(RsaSecurityKey Signing, RsaSecurityKey Encryption)> keys = new(() => Load(scopes, clock).GetAwaiter().GetResult());

    /// <summary>Puts the keys into OpenIddict's options.</summary>
    public void Configure(OpenIddictServerOptions options)
    {
        options.SigningCredentials.Add(new SigningCredentials(keys.Value.Signing, SecurityAlgorithms.RsaSha256));
        options.EncryptionCredentials.Add(new EncryptingCredentials(keys.Value.Encryption, SecurityAlgorithms.RsaOAEP, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    private static async Task<(RsaSecurityKey, RsaSecurityKey)> Load(IServiceScopeFactory scopes, TimeProvider clock)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityDatabase>();
        await database.Prepare(CancellationToken.None);
        return (await SigningKeys.LoadOrMake(database, "signing-1", clock, CancellationToken.None),
            await SigningKeys.LoadOrMake(database, "encryption-1", clock, CancellationToken.None));
    }
}

/// <summary>Registers the clients once the tables are there.</summary>
internal sealed class Preparation(IServiceScopeFactory scopes, IOptions<OpenIddictServerOptions> options, IConfiguration configuration, IHostEnvironment environment) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = options.Value; // tables and keys
        await using var scope = scopes.CreateAsyncScope();
        await Clients.Register(scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>(), configuration, environment.IsDevelopment(), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Healthy when tokens can be signed.</summary>
internal sealed class KeysAreThere(IOptions<OpenIddictServerOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(options.Value.SigningCredentials.Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No signing key."));
}

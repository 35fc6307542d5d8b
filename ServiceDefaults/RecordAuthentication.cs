using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.Extensions.Hosting;

/// <summary>Tokens of the issuer in <c>Identity:Issuer</c>: our own Identity locally, NHS CIS2 or Entra ID elsewhere.</summary>
public static class RecordAuthentication
{
    /// <summary>Whom our APIs' tokens are for.</summary>
    public const string Audience = "record";

    /// <summary>Wants a token for everything that does not say otherwise.</summary>
    public static AuthorizationBuilder AddRecordAuthentication(this IHostApplicationBuilder builder)
    {
        var issuer = Issuer(builder.Configuration);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = issuer;
            options.Audience = Audience;
            options.MapInboundClaims = false;
            options.RequireHttpsMetadata = !new Uri(issuer).IsLoopback;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuers = [issuer.TrimEnd('/'), issuer.TrimEnd('/') + "/"],
                ValidTypes = ["at+jwt"],
                NameClaimType = "sub",
                RoleClaimType = "role",
                ClockSkew = TimeSpan.FromSeconds(30),
            };
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<KnownTokens>();
        return builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    internal static string Issuer(IConfiguration configuration) => configuration["Identity:Issuer"]
        ?? throw new InvalidOperationException("Identity__Issuer is missing: the address of the sign-in service.");
}

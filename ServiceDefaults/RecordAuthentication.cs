using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Tokens of the issuer in <c>Identity:Issuer</c>: our own Identity locally, NHS CIS2 or Entra ID elsewhere, whose claims
/// <c>Identity:Claims</c> explains.
/// </summary>
public static class RecordAuthentication
{
    /// <summary>Whom our APIs' tokens are for, unless <c>Identity:Audience</c> says otherwise.</summary>
    public const string Audience = "record";

    /// <summary>The policy of endpoints that compare each request with the token's scopes themselves.</summary>
    public const string AnyScope = "any-scope";

    /// <summary>Wants a token for everything that does not say otherwise, and one policy for each activity of the role table.</summary>
    public static AuthorizationBuilder AddRecordAuthentication(this IHostApplicationBuilder builder)
    {
        var (issuer, profile) = (Issuer(builder.Configuration), ClaimProfile.Read(builder.Configuration));
        var table = RoleTable.Read(builder.Configuration);
        builder.Services.AddSingleton(table);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = issuer;
            options.Audience = builder.Configuration["Identity:Audience"] ?? Audience;
            options.MapInboundClaims = false;
            options.RequireHttpsMetadata = !new Uri(issuer).IsLoopback;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuers = [issuer.TrimEnd('/'), issuer.TrimEnd('/') + "/"],
                ValidTypes = profile?.TokenTypes ?? ["at+jwt"],
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384],
                NameClaimType = "sub",
                RoleClaimType = "role",
                ClockSkew = TimeSpan.FromSeconds(30),
            };
            if (profile is not null) options.Events = new JwtBearerEvents { OnTokenValidated = context => Map(context, profile) };
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<KnownTokens>();
        return builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(WithWholeScope(new AuthorizationPolicyBuilder().RequireAuthenticatedUser()).Build())
            .AddPolicy(AnyScope, policy => policy.RequireAuthenticatedUser())
            .AddActivities(table, policy => WithWholeScope(policy));
    }

    // An app that was given some scopes reads FHIR with them; what stands beside FHIR is not for it.
    private static AuthorizationPolicyBuilder WithWholeScope(AuthorizationPolicyBuilder policy) => policy.RequireAssertion(context => GrantedScopes.Of(context.User).Everything);

    private static async Task Map(TokenValidatedContext context, ClaimProfile profile)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var more = profile.UserInfo && !context.Principal!.HasClaim(claim => claim.Type == profile.Roles.Claim)
            ? await UserInfo.Of(context.Options, token.EncodedToken, token.Subject, context.HttpContext.RequestAborted) : [];
        context.Principal = MappedClaims.Of(profile, context.Principal!, more, context.Scheme.Name);
    }

    internal static string Issuer(IConfiguration configuration) => configuration["Identity:Issuer"]
        ?? throw new InvalidOperationException("Identity__Issuer is missing: the address of the sign-in service.");
}

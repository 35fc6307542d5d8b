using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.Extensions.Hosting;

/// <summary>Sign-in for people with a browser: OIDC authorisation code with PKCE, a cookie, tokens kept and refreshed.</summary>
public static class SignIn
{
    /// <summary>Adds sign-in as the client given in <c>SignIn:ClientId</c> and <c>SignIn:ClientSecret</c>.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="clientId">The client that this application is, unless configured.</param>
    /// <param name="asDefault">False where bearer tokens are the default and only some pages want a browser's sign-in.</param>
    public static AuthenticationBuilder AddSignIn(this IHostApplicationBuilder builder, string clientId, bool asDefault = true)
    {
        var (issuer, profile) = (RecordAuthentication.Issuer(builder.Configuration), ClaimProfile.Read(builder.Configuration));
        var authentication = asDefault
            ? builder.Services.AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            : builder.Services.AddAuthentication();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddTransient<UserToken>();
        if (asDefault)
            builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return authentication
            .AddCookie(options =>
            {
                options.Cookie.Name = clientId;
                options.Cookie.HttpOnly = true;
                options.Cookie.SecurePolicy = builder.Environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.ExpireTimeSpan = TimeSpan.FromHours(8);
                options.AccessDeniedPath = "/access-denied";
                options.Events.OnValidatePrincipal = RefreshWhenDue;
            })
            .AddOpenIdConnect(options =>
            {
                options.Authority = issuer;
                options.RequireHttpsMetadata = !new Uri(issuer).IsLoopback;
                options.ClientId = builder.Configuration["SignIn:ClientId"] ?? clientId;
                options.ClientSecret = builder.Configuration["SignIn:ClientSecret"] ?? (builder.Environment.IsDevelopment() ? clientId + "-local-secret"
                    : throw new InvalidOperationException("SignIn__ClientSecret is missing: outside Development a secret comes from configuration only."));
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = OpenIdConnectResponseMode.Query;
                options.UsePkce = true;
                options.MapInboundClaims = false;
                options.SaveTokens = true;
                options.Scope.Clear();
                foreach (var scope in builder.Configuration["SignIn:Scopes"]?.Split(' ') ?? Scopes) options.Scope.Add(scope);
                options.TokenValidationParameters.NameClaimType = "name";
                options.TokenValidationParameters.RoleClaimType = "role";
                if (profile is not null)
                {
                    options.GetClaimsFromUserInfoEndpoint = profile.UserInfo;
                    options.ClaimActions.MapAll();
                    options.Events.OnTicketReceived = context =>
                    {
                        context.Principal = MappedClaims.Of(profile, context.Principal!, [], context.Scheme.Name, "name");
                        return Task.CompletedTask;
                    };
                }

                options.NonceCookie.SecurePolicy = options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.NonceCookie.SameSite = options.CorrelationCookie.SameSite = SameSiteMode.Lax;
            });
    }

    private static readonly string[] Scopes = ["openid", "profile", "offline_access", "record"];

    // A short access token is renewed a minute before it ends; if that is refused, the person signs in again.
    private static async Task RefreshWhenDue(CookieValidatePrincipalContext context)
    {
        var clock = context.HttpContext.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        if (!DateTimeOffset.TryParse(context.Properties.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, out var ends)
            || ends - clock.GetUtcNow() > TimeSpan.FromMinutes(1)) return;
        var options = context.HttpContext.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(OpenIdConnectDefaults.AuthenticationScheme);
        if (context.Properties.GetTokenValue("refresh_token") is not { } refresh || await Refresh(options, refresh, context.HttpContext.RequestAborted) is not { } answer)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return;
        }

        context.Properties.UpdateTokenValue("access_token", answer.GetProperty("access_token").GetString()!);
        if (answer.TryGetProperty("refresh_token", out var next)) context.Properties.UpdateTokenValue("refresh_token", next.GetString()!);
        context.Properties.UpdateTokenValue("expires_at", clock.GetUtcNow().AddSeconds(answer.GetProperty("expires_in").GetInt32()).ToString("o", CultureInfo.InvariantCulture));
        context.ShouldRenew = true;
    }

    private static async Task<JsonElement?> Refresh(OpenIdConnectOptions options, string refresh, CancellationToken cancellation)
    {
        var configuration = await options.ConfigurationManager!.GetConfigurationAsync(cancellation);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refresh,
            ["client_id"] = options.ClientId!,
            ["client_secret"] = options.ClientSecret!,
        });
        using var response = await options.Backchannel.PostAsync(configuration.TokenEndpoint, form, cancellation);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellation) : null;
    }
}

/// <summary>Puts the signed-in user's access token on requests to our APIs.</summary>
public sealed class UserToken(IHttpContextAccessor context) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (context.HttpContext is { } http && await http.GetTokenAsync("access_token") is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (http.Connection.RemoteIpAddress is { } address) request.Headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString()); // audit keeps from where
        }

        return await base.SendAsync(request, cancellationToken);
    }
}

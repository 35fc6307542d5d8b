using Identity.Accounts;
using Identity.Pages;
using Identity.Tokens;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity;

/// <summary>The sign-in service.</summary>
public sealed class IdentityHost
{
    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 64 * 1024; // a form with tokens
        });
        builder.AddServiceDefaults();
        builder.AddClientLimits();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<FailedAttempts>();
        builder.Services.AddSingleton<AccountRegister>();
        builder.Services.AddDbContext<IdentityDatabase>(options => options
            .UseNpgsql(builder.Configuration.GetConnectionString("record"))
            .UseOpenIddict());
        builder.Services.AddHealthChecks().AddCheck<KeysAreThere>("keys");
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "identity";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.LoginPath = "/sign-in";
            options.ExpireTimeSpan = TimeSpan.FromHours(8);
        });
        builder.Services.AddAuthorization();
        builder.Services.AddAntiforgery();
        AddTokens(builder);
        builder.AddLaunches();
        builder.Services.AddSingleton<Keys>();
        builder.Services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(services => services.GetRequiredService<Keys>());
        builder.Services.AddHostedService<Preparation>();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseSecurityHeaders($"default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action {Forms(builder.Configuration)}");
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapDefaultEndpoints();
        app.MapTokens();
        app.MapLocalTokens();
        app.MapLaunches();
        app.MapSignIn();
        return app;
    }

    // A form that signs somebody in leads on to the application that they came from.
    private static string Forms(ConfigurationManager configuration) => SecurityHeaders.FormAction(
        [configuration["Clients:Web"], configuration["Clients:Worker"], .. configuration.GetSection("Clients:Apps").GetChildren().SelectMany(app => app.GetSection("RedirectUris").GetChildren()).Select(address => address.Value)]);

    private static void AddTokens(WebApplicationBuilder builder) => builder.Services.AddOpenIddict()
        .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<IdentityDatabase>())
        .AddServer(server =>
        {
            server.SetIssuer(builder.Configuration["Identity:Issuer"] ?? throw new InvalidOperationException("Identity__Issuer is missing: our own address."));
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/logout").SetRevocationEndpointUris("connect/revoke");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
            server.Configure(options => options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
            server.RegisterScopes(Scopes.Profile, GrantedScopes.Record, "launch", "launch/patient", "patient/*.rs", "user/*.cruds", "system/*.cruds", "system/*.*");
            server.DisableScopeValidation().IgnoreScopePermissions(); // scopes of SMART are patterns: AskedScopes judges them
            server.SetAccessTokenLifetime(TimeSpan.FromMinutes(10)).SetRefreshTokenLifetime(TimeSpan.FromHours(8)).SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(1));
            server.SetRefreshTokenReuseLeeway(TimeSpan.Zero).DisableSlidingRefreshTokenExpiration(); // used twice: the whole family ends; a shift at the longest
            server.DisableAccessTokenEncryption();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseScopedHandler<AskedScopes>().SetOrder(int.MaxValue - 10_000));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseScopedHandler<AskedScopes>().SetOrder(int.MaxValue - 10_000));
            server.AddEventHandler<ProcessAuthenticationContext>(handler => handler.UseScopedHandler<ClientAssertions>().SetOrder(int.MaxValue - 10_000));
            server.AddEventHandler<ValidateTokenContext>(handler => handler.UseScopedHandler<ClientAssertions>().SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 1));
            var host = server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableEndSessionEndpointPassthrough();
            if (builder.Environment.IsDevelopment()) host.DisableTransportSecurityRequirement();
        });
}

using System.Security.Claims;
using Identity.Accounts;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>Authorisation, token and sign-out endpoints.</summary>
internal static class TokenEndpoints
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static void MapTokens(this WebApplication app)
    {
        app.MapMethods("/connect/authorize", ["GET", "POST"], Authorize);
        app.MapPost("/connect/token", Token);
        app.MapMethods("/connect/logout", ["GET", "POST"], (Delegate)SignOut);
    }

    private static async Task<IResult> Authorize(HttpContext context, AccountRegister accounts, LaunchContexts launches, IConfiguration configuration, CancellationToken cancellation)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var signedIn = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (signedIn.Principal?.FindFirstValue(Claims.Subject) is not { } user || accounts.Find(user) is not { } account)
            return TypedResults.Challenge(new AuthenticationProperties { RedirectUri = context.Request.PathBase + context.Request.Path + context.Request.QueryString }, [CookieAuthenticationDefaults.AuthenticationScheme]);
        string? patient = null;
        if ((string?)request["launch"] is { Length: > 0 } launch)
        {
            patient = await launches.Take(launch, user, cancellation);
            if (patient is null) return Refuse(Errors.InvalidRequest, "This launch is not known, is over, or is another user's. Start the app again.");
        }
        else if (request.HasScope("launch/patient"))
        {
            // The front end has the user choose, and comes back with a launch.
            if (configuration["Clients:Web"] is not { } web) return Refuse(Errors.InvalidRequest, "A patient can be chosen only where the front end runs.");
            return TypedResults.Redirect(new Uri(new Uri(web), "launch/choose").ToString() + QueryString.Create("request", context.Request.QueryString.Value ?? ""));
        }
        else if (request.GetScopes().Any(scope => scope == "launch" || scope.StartsWith("patient/", StringComparison.Ordinal)))
            return Refuse(Errors.InvalidScope, "Scopes that begin with patient/ need a patient: launch the app from a person's page, or ask for launch/patient.");

        return TypedResults.SignIn(Principals.Of(account, request.GetScopes(), patient: patient), authenticationScheme: Scheme);
    }

    private static async Task<IResult> Token(HttpContext context, AccountRegister accounts)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return TypedResults.SignIn(Principals.OfSystem(request.ClientId!, request.GetScopes()), authenticationScheme: Scheme);

        var before = (await context.AuthenticateAsync(Scheme)).Principal;
        if (before?.GetClaim(Claims.Subject) is not { } user || accounts.Find(user) is not { } account) return Refuse(Errors.InvalidGrant, "This account may no longer sign in.");
        var patient = before.GetClaim("patient");
        var beside = new AuthenticationProperties(new Dictionary<string, string?>(), patient is null ? [] : new Dictionary<string, object?> { ["patient"] = patient });
        return TypedResults.SignIn(Principals.Of(account, before.GetScopes(), patient: patient), beside, Scheme);
    }

    // Whoever signs out is signed out everywhere: no refresh token of theirs works any more.
    private static async Task<IResult> SignOut(HttpContext context, IOpenIddictTokenManager tokens)
    {
        var signedIn = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (signedIn.Principal?.FindFirstValue(Claims.Subject) is { } user) await tokens.RevokeBySubjectAsync(user, context.RequestAborted);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [Scheme]);
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ForbidHttpResult Refuse(string error, string description) => TypedResults.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
    }), [Scheme]);
}

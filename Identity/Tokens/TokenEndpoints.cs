using System.Net;
using System.Security.Claims;
using Identity.Accounts;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>Authorisation, token and sign-out endpoints; in Development also tokens for scripts.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this WebApplication app)
    {
        app.MapMethods("/connect/authorize", ["GET", "POST"], Authorize);
        app.MapPost("/connect/token", Token);
        app.MapMethods("/connect/logout", ["GET", "POST"], (Delegate)SignOut);
        if (app.Environment.IsDevelopment()) app.MapPost("/local/token", LocalToken).DisableAntiforgery();
    }

    private static async Task<IResult> Authorize(HttpContext context, AccountRegister accounts)
    {
        var request = context.GetOpenIddictServerRequest()!;
        var signedIn = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (signedIn.Principal?.FindFirstValue(Claims.Subject) is not { } user || accounts.Find(user) is not { } account)
            return TypedResults.Challenge(new AuthenticationProperties { RedirectUri = context.Request.PathBase + context.Request.Path + context.Request.QueryString }, [CookieAuthenticationDefaults.AuthenticationScheme]);
        return TypedResults.SignIn(Principals.Of(account, request.GetScopes()), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static async Task<IResult> Token(HttpContext context, AccountRegister accounts)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return SignIn(Principals.OfSystem(request.ClientId!, request.GetScopes()));

        var before = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        var account = before.Principal?.GetClaim(Claims.Subject) is { } user ? accounts.Find(user) : null;
        return account is null
            ? TypedResults.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
            {
                [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidGrant,
                [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "This account may no longer sign in.",
            }), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme])
            : SignIn(Principals.Of(account, before.Principal!.GetScopes()));

        static IResult SignIn(ClaimsPrincipal principal) => TypedResults.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static async Task<IResult> SignOut(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    // For scripts on the developer's own machine: a token without a browser.
    private static async Task<IResult> LocalToken(
        HttpContext context, AccountRegister accounts, IOpenIddictServerFactory factory, IOpenIddictServerDispatcher dispatcher, IOptionsMonitor<OpenIddictServerOptions> options)
    {
        if (context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from)) return TypedResults.NotFound();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (accounts.Find(form["user"].ToString()) is not { } account)
            return TypedResults.Problem("There is no such account. Give one of CONTRACT's in the form field 'user'.", statusCode: StatusCodes.Status400BadRequest);

        var purpose = form["purpose"].ToString();
        var transaction = await factory.CreateTransactionAsync();
        transaction.BaseUri = options.CurrentValue.Issuer;
        transaction.CancellationToken = context.RequestAborted;
        var principal = Principals.Of(account, ["record"], purpose.Length > 0 ? purpose : null);
        principal.SetClaim(Claims.Private.Issuer, options.CurrentValue.Issuer!.AbsoluteUri);
        var created = TimeProvider.System.GetUtcNow();
        var life = options.CurrentValue.AccessTokenLifetime!.Value;
        principal.SetCreationDate(created).SetExpirationDate(created + life).SetAudiences(RecordAuthentication.Audience).SetTokenType(TokenTypeHints.AccessToken);
        var token = new GenerateTokenContext(transaction)
        {
            ClientId = null,
            CreateTokenEntry = false,
            IsReferenceToken = false,
            PersistTokenPayload = false,
            Principal = principal,
            TokenFormat = TokenFormats.Private.JsonWebToken,
            TokenType = TokenTypeIdentifiers.AccessToken,
        };
        await dispatcher.DispatchAsync(token);
        return TypedResults.Ok(new { access_token = token.Token, token_type = "Bearer", expires_in = (int)life.TotalSeconds });
    }
}

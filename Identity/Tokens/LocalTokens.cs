using System.Net;
using Identity.Accounts;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>For scripts on the developer's own machine, in Development and from loopback only: a token without a browser.</summary>
internal static class LocalTokens
{
    public static void MapLocalTokens(this WebApplication app)
    {
        if (app.Environment.IsDevelopment()) app.MapPost("/local/token", Handle).DisableAntiforgery();
    }

    private static async Task<IResult> Handle(
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
        var principal = Principals.Of(account, [GrantedScopes.Record], purpose.Length > 0 ? purpose : null);
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

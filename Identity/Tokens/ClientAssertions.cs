using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>A client's assertion counts once, and not for longer than five minutes. https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html</summary>
internal sealed class ClientAssertions(IOpenIddictTokenManager tokens, TimeProvider clock)
    : IOpenIddictServerHandler<ProcessAuthenticationContext>, IOpenIddictServerHandler<ValidateTokenContext>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(30); // clocks differ

    // RFC 7523 and SMART know assertions of the plain type JWT; OpenIddict takes only those of a later draft.
    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (!context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion)) return ValueTask.CompletedTask;
        context.ValidAudiences.Add(TokenEndpoint(context.Options));
        if (context.TokenValidationParameters is { } parameters) parameters.TypeValidator = (type, _, _) => type is null or "" or JsonWebTokenTypes.GenericJsonWebToken or JsonWebTokenTypes.ClientAuthentication ? JsonWebTokenTypes.ClientAuthentication : throw new SecurityTokenInvalidTypeException { InvalidType = type };
        return ValueTask.CompletedTask;
    }

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientAssertionPrincipal is not { } assertion) return;
        var (id, ends) = (assertion.GetClaim(Claims.JwtId), assertion.GetExpirationDate());
        if (string.IsNullOrEmpty(id) || ends is null) context.Reject(Errors.InvalidClient, "A client assertion must have 'jti' and 'exp'.");
        else if (ends > clock.GetUtcNow() + Longest) context.Reject(Errors.InvalidClient, "A client assertion must end within five minutes.");
        else if (!await Take($"assertion:{context.ClientId}:{id}", ends.Value, context.CancellationToken)) context.Reject(Errors.InvalidClient, "This client assertion has been used before.");
    }

    private static string TokenEndpoint(OpenIddictServerOptions options) => new Uri(options.Issuer!, "connect/token").AbsoluteUri;

    // The store's unique index decides between two at once.
    private async Task<bool> Take(string reference, DateTimeOffset ends, CancellationToken cancellation)
    {
        if (await tokens.FindByReferenceIdAsync(reference, cancellation) is not null) return false;
        try
        {
            await tokens.CreateAsync(new OpenIddictTokenDescriptor { ReferenceId = reference, Type = "client_assertion", Status = Statuses.Redeemed, CreationDate = clock.GetUtcNow(), ExpirationDate = ends }, cancellation);
            return true;
        }
        catch (Exception taken) when (taken is DbUpdateException or OpenIddictExceptions.ValidationException)
        {
            return false;
        }
    }
}

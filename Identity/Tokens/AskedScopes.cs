using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Identity.Tokens;

/// <summary>
/// Which scopes a client gets: no wider than those it is registered with; <c>patient/</c> and <c>user/</c> for people, <c>system/</c> for systems;
/// and for SMART apps only for our FHIR service. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
/// </summary>
internal sealed class AskedScopes(IOpenIddictApplicationManager applications, IConfiguration configuration)
    : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    /// <summary>Asked for by apps, and passed over: the answer names what was granted.</summary>
    public static IReadOnlyList<string> PassedOver { get; } = ["fhirUser", "online_access"];

    private static readonly string[] Plain = [Scopes.OpenId, Scopes.Profile, Scopes.OfflineAccess];

    public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (await Refuse(context.ClientId, context.Request.GetScopes(), person: true, context.CancellationToken) is { } wrong) context.Reject(Errors.InvalidScope, wrong);
        else if (context.Request.GetScopes().Any(IsSmart) && (string?)context.Request["aud"] is var audience && audience?.TrimEnd('/') != Fhir)
            context.Reject(Errors.InvalidRequest, "The parameter 'aud' must be the address of the FHIR service.");
    }

    public async ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (context.Request.IsClientCredentialsGrantType() && await Refuse(context.ClientId, context.Request.GetScopes(), person: false, context.CancellationToken) is { } wrong)
            context.Reject(Errors.InvalidScope, wrong);
    }

    private string? Fhir => configuration["Clients:Fhir"] is { } api ? new Uri(new Uri(api), "fhir").ToString() : null;

    private static bool IsSmart(string scope) => scope is "launch" or "launch/patient" || SmartScope.TryParse(scope, out _, out _);

    private async Task<string?> Refuse(string? client, IReadOnlyCollection<string> asked, bool person, CancellationToken cancellation)
    {
        var application = client is null ? null : await applications.FindByClientIdAsync(client, cancellation);
        if (application is null) return "The client is not known.";
        var allowed = (await applications.GetPermissionsAsync(application, cancellation))
            .Where(permission => permission.StartsWith(Permissions.Prefixes.Scope, StringComparison.Ordinal)).Select(permission => permission[Permissions.Prefixes.Scope.Length..]).ToList();
        return asked.Select(scope => Refuse(scope, allowed, person)).FirstOrDefault(wrong => wrong is not null);
    }

    private static string? Refuse(string asked, List<string> allowed, bool person)
    {
        if (person && (Plain.Contains(asked) || PassedOver.Contains(asked))) return null;
        if (!SmartScope.TryParse(asked, out var scope, out var problem))
            return problem ?? (allowed.Contains(asked) ? null : "A scope is asked for that is not offered to this client.");
        if (scope!.Context == "system" == person) return $"Scopes that begin with {scope.Context}/ are for {(person ? "systems, with client credentials" : "people, with an authorisation code")}.";
        if (scope.Context == "patient" && (scope.Actions & ~(ScopeActions.Read | ScopeActions.Search)) != 0 && !asked.EndsWith('*')) return "Scopes that begin with patient/ read and search here; they do not write.";
        return allowed.Any(each => SmartScope.TryParse(each, out var wide, out _) && wide!.Covers(scope)) ? null : $"A scope for {scope.Type} is asked for that is wider than this client may have.";
    }
}

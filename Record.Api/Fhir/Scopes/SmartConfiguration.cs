using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Record.Api.Fhir;

/// <summary>Where an app signs in, and what it may ask for. https://hl7.org/fhir/smart-app-launch/conformance.html</summary>
internal static class SmartConfiguration
{
    private static readonly string[] Capabilities =
    [
        "launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric", "client-confidential-asymmetric", "context-ehr-patient",
        "context-standalone-patient", "permission-offline", "permission-patient", "permission-user", "permission-v1", "permission-v2",
    ];

    public static async Task<IResult> Handle(IOptionsMonitor<JwtBearerOptions> options, CancellationToken cancellation)
    {
        var issuer = await options.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!.GetConfigurationAsync(cancellation);
        return TypedResults.Json(Of(issuer));
    }

    private static Dictionary<string, object> Of(OpenIdConnectConfiguration issuer)
    {
        var answer = new Dictionary<string, object>
        {
            ["issuer"] = issuer.Issuer,
            ["jwks_uri"] = issuer.JwksUri,
            ["grant_types_supported"] = (string[])["authorization_code", "client_credentials"],
            ["response_types_supported"] = (string[])["code"],
            ["code_challenge_methods_supported"] = (string[])["S256"],
            ["token_endpoint_auth_methods_supported"] = (string[])["client_secret_basic", "client_secret_post", "private_key_jwt"],
            ["token_endpoint_auth_signing_alg_values_supported"] = (string[])["RS384", "ES384", "RS256", "ES256"],
            ["scopes_supported"] = (string[])["openid", "profile", "offline_access", "launch", "launch/patient", "patient/*.rs", "user/*.cruds", "system/*.cruds"],
            ["capabilities"] = Capabilities,
        };
        foreach (var (name, address) in (ReadOnlySpan<(string, string?)>)
            [("authorization_endpoint", issuer.AuthorizationEndpoint), ("token_endpoint", issuer.TokenEndpoint), ("revocation_endpoint", Additional(issuer, "revocation_endpoint"))])
            if (!string.IsNullOrEmpty(address)) answer[name] = address;
        return answer;
    }

    private static string? Additional(OpenIdConnectConfiguration issuer, string name) => issuer.AdditionalData.TryGetValue(name, out var value) ? value as string : null;
}

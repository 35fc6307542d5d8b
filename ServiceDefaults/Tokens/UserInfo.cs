using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Microsoft.Extensions.Hosting;

/// <summary>Claims that an issuer gives at its userinfo endpoint instead of in the token. https://openid.net/specs/openid-connect-core-1_0.html#UserInfo</summary>
internal static class UserInfo
{
    /// <summary>The claims of the user whom a token names; asked once a token, because validated tokens are remembered.</summary>
    /// <returns>None if the answer is about somebody else.</returns>
    public static async Task<IReadOnlyList<Claim>> Of(JwtBearerOptions options, string token, string? subject, CancellationToken cancellation)
    {
        var configuration = await options.ConfigurationManager!.GetConfigurationAsync(cancellation);
        if (string.IsNullOrEmpty(configuration.UserInfoEndpoint)) return [];
        using var request = new HttpRequestMessage(HttpMethod.Get, configuration.UserInfoEndpoint) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await options.Backchannel.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("sub", out var sub) || sub.GetString() != subject) return [];
        return [.. json.EnumerateObject().SelectMany(member => member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().Select(value => new Claim(member.Name, value.ToString()))
            : [new Claim(member.Name, member.Value.ToString())])];
    }
}

using System.Security.Claims;
using System.Text.Json;

namespace Microsoft.Extensions.Hosting;

/// <summary>Our claims from those of another issuer. Who fits no row of the profile has no role.</summary>
internal static class MappedClaims
{
    private sealed record Held(string Id, string Code, string? Organisation, IReadOnlyList<string> Workgroups);

    /// <summary>Whom a token names, in our claims.</summary>
    /// <param name="profile">Where things stand.</param>
    /// <param name="token">The claims of the token.</param>
    /// <param name="more">Claims from elsewhere, which count where the token has none.</param>
    /// <param name="scheme">How the user signed in.</param>
    /// <param name="nameType">The claim that <c>Identity.Name</c> is.</param>
    public static ClaimsPrincipal Of(ClaimProfile profile, ClaimsPrincipal token, IReadOnlyList<Claim> more, string? scheme, string nameType = "sub")
    {
        var claims = token.Claims.Concat(more).ToLookup(claim => claim.Type, claim => claim.Value);
        var mine = new List<Claim> { new("sub", First(profile.Subject) ?? claims["sub"].FirstOrDefault() ?? "unknown"), new("purpose", "TREAT") };
        if (First(profile.Name) is { } name) mine.Add(new("name", name));
        if ((claims["client_id"].Concat(claims["azp"]).Concat(claims["appid"])).FirstOrDefault() is { } client) mine.Add(new("client_id", client));
        mine.AddRange(profile.Scopes is { } scopes ? [new("scope", scopes)] : claims["scope"].Concat(claims["scp"]).Select(scope => new Claim("scope", scope)));
        if (Role(profile, claims, First(profile.Organisation)) is var (role, held))
        {
            mine.Add(new("role", role));
            mine.Add(new("organisation", held.Organisation!));
            mine.AddRange(held.Workgroups.SelectMany(group => profile.Workgroups.GetValueOrDefault(group) ?? []).Distinct().Select(team => new Claim("team", team)));
        }

        mine.AddRange(token.Claims.Where(claim => claim.Type is "exp" or "iss" or "jti" or "patient"));
        return new(new ClaimsIdentity(mine, scheme, nameType, "role"));

        string? First(List<string> names) => names.SelectMany(each => claims[each]).FirstOrDefault(value => value.Length > 0);
    }

    // The role selected; or the only one that counts here. Whoever holds two and selected none has none.
    private static (string Role, Held Held)? Role(ClaimProfile profile, ILookup<string, string> claims, string? organisation)
    {
        var held = claims[profile.Roles.Claim].SelectMany(value => Parse(profile.Roles, value, organisation));
        if (profile.Roles.Selected is { } claim && claims[claim].FirstOrDefault() is { } selected) held = held.Where(role => role.Id == selected);
        var mapped = held.Select(role => (Row(profile, role)?.Role, role)).Where(pair => pair.Role is not null).ToList();
        if (mapped.Count == 0 || mapped.Select(pair => (pair.Role, pair.role.Organisation)).Distinct().Count() > 1) return null;
        return (mapped[0].Role!, mapped[0].role);
    }

    private static RoleRow? Row(ClaimProfile profile, Held held) => profile.Map.FirstOrDefault(row =>
        held.Code.Split(':').Contains(row.Code) && held.Organisation is { } at && row.Organisations.Contains(at) && (row.Workgroup is null || held.Workgroups.Contains(row.Workgroup)));

    // A claim may be one code, one object, or a list of either.
    private static IEnumerable<Held> Parse(RoleClaim where, string value, string? organisation)
    {
        if (!value.StartsWith('{') && !value.StartsWith('[')) return [new("", value, organisation, [])];
        try
        {
            using var json = JsonDocument.Parse(value);
            var items = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.EnumerateArray().ToList() : [json.RootElement];
            return [.. items.Select(item => item.ValueKind == JsonValueKind.Object
                ? new Held(Text(item, where.Id) ?? "", Text(item, where.Code) ?? "", Text(item, where.Organisation) ?? organisation, Texts(item, where.Workgroups))
                : new Held("", item.ToString(), organisation, []))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string? Text(JsonElement item, string? name) => name is not null && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Texts(JsonElement item, string? name) =>
        name is not null && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(one => one.ToString())] : [];
}

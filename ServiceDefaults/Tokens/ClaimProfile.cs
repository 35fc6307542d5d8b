using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>Where the claims that we need stand in the tokens of an issuer: a profile of <c>config/access/claims.yaml</c>.</summary>
public sealed class ClaimProfile
{
    /// <summary>Values of the header <c>typ</c> that access tokens have.</summary>
    public List<string> TokenTypes { get; init; } = ["at+jwt"];

    /// <summary>Whether claims that are not in the token are asked for at the issuer's userinfo endpoint.</summary>
    public bool UserInfo { get; init; }

    /// <summary>Claims that name the user; the first that is there counts, <c>sub</c> if none is.</summary>
    public List<string> Subject { get; init; } = [];

    /// <summary>Claims that hold the user's name.</summary>
    public List<string> Name { get; init; } = [];

    /// <summary>Claims that hold the ODS code, where a role does not hold it itself.</summary>
    public List<string> Organisation { get; init; } = [];

    /// <summary>The scopes that a holder has here, whatever the token says; null to take the token's.</summary>
    public string? Scopes { get; init; }

    /// <summary>Where roles stand.</summary>
    public RoleClaim Roles { get; init; } = new();

    /// <summary>Which role codes give which of our roles.</summary>
    public List<RoleRow> Map { get; init; } = [];

    /// <summary>Ids of our teams by workgroup of the issuer.</summary>
    public Dictionary<string, List<string>> Workgroups { get; init; } = [];

    /// <summary>The profile that <c>Identity:Claims</c> names; null if tokens carry our own claims.</summary>
    public static ClaimProfile? Read(IConfiguration configuration)
    {
        if (configuration["Identity:Claims"] is not { Length: > 0 } name) return null;
        var profiles = AccessFile.Read<Dictionary<string, ClaimProfile>>(configuration, "claims.yaml");
        return profiles.GetValueOrDefault(name) ?? throw new InvalidOperationException($"access/claims.yaml has no profile '{name}', which Identity:Claims names.");
    }
}

/// <summary>The claim that holds roles: plain codes, or objects with these members.</summary>
public sealed class RoleClaim
{
    public string Claim { get; init; } = "role";

    /// <summary>The claim that names the role that the user has selected.</summary>
    public string? Selected { get; init; }

    public string? Id { get; init; }

    public string? Organisation { get; init; }

    public string? Code { get; init; }

    public string? Workgroups { get; init; }
}

/// <summary>A role code of an issuer that is one of our roles.</summary>
public sealed class RoleRow
{
    public string Code { get; init; } = "";

    /// <summary>ODS codes of the organisations where it counts.</summary>
    public List<string> Organisations { get; init; } = [];

    /// <summary>The workgroup that its holder must be in; none if null.</summary>
    public string? Workgroup { get; init; }

    public string Role { get; init; } = "";
}

using System.Security.Claims;

namespace Record.Core;

/// <summary>Who asks, for whom, and why: a parameter of every store method, compiled into its SQL and written to audit.</summary>
/// <param name="User">Subject of the token, or the name of our own service.</param>
/// <param name="Role">Role of CONTRACT: <c>acute-clinician</c>, <c>feed-manager</c>, … or <c>system</c>.</param>
/// <param name="Organisation">ODS code of the organisation the user acts for; empty for systems.</param>
/// <param name="Purpose">HL7 v3 PurposeOfUse; <c>TREAT</c> unless said otherwise.</param>
/// <param name="Client">The program that asks.</param>
/// <param name="Request">Identifies the request in audit and traces.</param>
public sealed record Access(string User, string Role, string Organisation, string Purpose, string Client, Guid Request)
{
    /// <summary>Organization ids of the teams the user belongs to.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];

    /// <summary>Network address that the request came from, where it came over the network.</summary>
    public string? From { get; init; }

    /// <summary>What audit has of this request so far; shared by copies.</summary>
    internal Audit.AuditTrail Trail { get; } = new();

    /// <summary>Whether one of our own processes acts, and no client that signed in.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>Whether one of our own processes or a registered system acts.</summary>
    public bool IsSystem => Role == Roles.System;

    /// <summary>Whether the role treats patients and may open a person's record.</summary>
    public bool IsClinical => Roles.Clinical.Contains(Role);

    /// <summary>Whether the caller may read resources that belong to patients.</summary>
    public bool MayReadPatients => IsSystem || IsClinical || Role == Roles.ServiceManager;

    /// <summary>The access of one of our own processes.</summary>
    public static Access OfService(string name) => new(name, Roles.System, "", "TREAT", name, Guid.CreateVersion7()) { IsOurs = true };

    /// <summary>The access that a validated token gives.</summary>
    public static Access Of(ClaimsPrincipal user, string? purpose, Guid request) => new(
        user.FindFirstValue("sub") ?? "unknown",
        user.FindFirstValue("role") ?? "",
        user.FindFirstValue("organisation") ?? "",
        purpose ?? "TREAT",
        user.FindFirstValue("client_id") ?? user.FindFirstValue("azp") ?? "",
        request)
    {
        Teams = [.. user.FindAll("team").Select(team => team.Value)],
    };
}

/// <summary>The roles of CONTRACT.</summary>
public static class Roles
{
    /// <summary>A machine: a source system or one of our own processes.</summary>
    public const string System = "system";

    /// <summary>Manages a team's referrals and tasks.</summary>
    public const string ServiceManager = "service-manager";

    /// <summary>Audit and break-glass review of one trust.</summary>
    public const string PrivacyOfficer = "privacy-officer";

    /// <summary>Feeds and identity review.</summary>
    public const string FeedManager = "feed-manager";

    /// <summary>Roles that treat patients.</summary>
    public static IReadOnlySet<string> Clinical { get; } =
        new HashSet<string> { "acute-clinician", "mental-health-clinician", "community-clinician" };
}

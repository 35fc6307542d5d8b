using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>What somebody may do in our services; <c>config/access/roles.yaml</c> says who may.</summary>
public static class Activities
{
    public const string Records = "records";
    public const string Worklists = "worklists";
    public const string BreakGlass = "break-glass";
    public const string Stewards = "stewards";
    public const string Feeds = "feeds";
    public const string Jobs = "jobs";
    public const string Audit = "audit";
    public const string Board = "board";
    public const string Programme = "programme";
    public const string SignOff = "sign-off";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Records, Worklists, BreakGlass, Stewards, Feeds, Jobs, Audit, Board, Programme, SignOff];
}

/// <summary>Which role may do which activity: <c>config/access/roles.yaml</c>.</summary>
public sealed class RoleTable
{
    private readonly Dictionary<string, string[]> rolesByActivity;

    private RoleTable(Dictionary<string, List<string>> roles) =>
        rolesByActivity = Activities.All.ToDictionary(activity => activity, activity => roles.Where(role => role.Value.Contains(activity)).Select(role => role.Key).ToArray());

    /// <summary>The roles that may do this.</summary>
    public IReadOnlyList<string> Roles(string activity) => rolesByActivity[activity];

    /// <summary>Whether a role may do this.</summary>
    public bool May(string role, string activity) => rolesByActivity[activity].Contains(role);

    /// <summary>Reads the table of the folder that <c>Config:Directory</c> names; what is wrong with it stops the service.</summary>
    public static RoleTable Read(IConfiguration configuration)
    {
        var roles = AccessFile.Read<RolesFile>(configuration, "roles.yaml").Roles;
        foreach (var (role, activities) in roles)
            if (activities.FirstOrDefault(activity => !Activities.All.Contains(activity)) is { } unknown)
                throw new InvalidOperationException($"access/roles.yaml: {role} has the activity '{unknown}', which no service knows.");
        var table = new RoleTable(roles);
        if (Activities.All.FirstOrDefault(activity => table.Roles(activity).Count == 0) is { } nobodys)
            throw new InvalidOperationException($"access/roles.yaml: no role may do '{nobodys}'.");
        return table;
    }

    private sealed class RolesFile
    {
        public Dictionary<string, List<string>> Roles { get; init; } = [];
    }
}

/// <summary>One policy for each activity, so that an endpoint says what is done there and the table says by whom.</summary>
public static class ActivityPolicies
{
    /// <summary>Adds the policies.</summary>
    /// <param name="authorization">Where to.</param>
    /// <param name="table">Who may do what.</param>
    /// <param name="more">What else each of them wants.</param>
    public static AuthorizationBuilder AddActivities(this AuthorizationBuilder authorization, RoleTable table, Action<AuthorizationPolicyBuilder> more)
    {
        foreach (var activity in Activities.All)
            authorization.AddPolicy(activity, policy =>
            {
                more(policy.RequireAuthenticatedUser().RequireRole(table.Roles(activity)));
            });
        return authorization;
    }
}

namespace Record.Core.Identity.Stewards;

/// <summary>Who reviews identities, and of whom.</summary>
internal static class StewardAccess
{
    /// <summary>Whether somebody is a steward.</summary>
    public static bool MaySteward(this Access access) => access.IsSystem || access.Role == Roles.FeedManager;

    /// <summary>The organisation whose records a steward sees; null: all.</summary>
    public static string? StewardOf(this Access access) => access.IsSystem ? null : access.Organisation;
}

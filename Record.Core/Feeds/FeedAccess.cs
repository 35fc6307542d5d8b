using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>
/// Who sees which feeds: a controller's feed manager those of its own organisation, that of the organisation which hosts the
/// service all of them; the programme sees how feeds stand, not what they say.
/// </summary>
public static class FeedAccess
{
    /// <summary>Whether the feed's measures may be seen.</summary>
    public static bool MaySee(Access access, SourceSystem source, CareSystem system) =>
        access.Role is "programme-manager" or "programme-sro" or "board-member" || MayManage(access, source, system);

    /// <summary>Whether the feed's messages may be read, mended and replayed.</summary>
    public static bool MayManage(Access access, SourceSystem source, CareSystem system) =>
        access.IsSystem || (access.Role == Roles.FeedManager && (access.Organisation == source.Organisation || IsHost(access, system)));

    /// <summary>Whether messages of senders that are not configured may be seen.</summary>
    public static bool MaySeeUnknown(Access access, CareSystem system) => access.IsSystem || (access.Role == Roles.FeedManager && IsHost(access, system));

    private static bool IsHost(Access access, CareSystem system) => system.Organisation(access.Organisation)?.HostsService == true;
}

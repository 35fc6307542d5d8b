using System.Security.Claims;
using Record.Core;

namespace Reporting;

/// <summary>Who may see board pages: they hold no patient data, and are for the programme board only.</summary>
internal static class BoardAccess
{
    /// <summary>The activity of <c>config/access/roles.yaml</c>.</summary>
    public const string Policy = Activities.Board;

    /// <summary>HL7 v3 PurposeOfUse: running and overseeing care, not treating anybody.</summary>
    private const string Purpose = "HOPERAT";

    public static Access AccessForBoard(this ClaimsPrincipal user) => Access.Of(user, Purpose, Guid.CreateVersion7());
}

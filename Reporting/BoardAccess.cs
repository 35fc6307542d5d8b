using Record.Core;
using Record.Core.Audit;

namespace Reporting;

/// <summary>Who may see board pages: they hold no patient data, and are for the programme board only.</summary>
internal static class BoardAccess
{
    /// <summary>The activity of <c>config/access/roles.yaml</c>.</summary>
    public const string Policy = Activities.Board;

    /// <summary>HL7 v3 PurposeOfUse: running and overseeing care, not treating anybody.</summary>
    private const string Purpose = "HOPERAT";

    /// <summary>The access of one request; the same one each time it is asked for.</summary>
    public static Access AccessForBoard(this HttpContext http)
    {
        if (http.Features.Get<Access>() is { } known) return known;
        var access = Access.Of(http.User, Purpose, RequestOrigin.Id(http)) with { From = RequestOrigin.Address(http) };
        http.Features.Set(access);
        return access;
    }
}

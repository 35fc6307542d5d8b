using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Record.Core;

namespace Reporting;

/// <summary>Who may see board pages: they hold no patient data, and are for the programme board only.</summary>
internal static class BoardAccess
{
    public const string Policy = "Board";

    /// <summary>HL7 v3 PurposeOfUse: running and overseeing care, not treating anybody.</summary>
    private const string Purpose = "HOPERAT";

    public static IReadOnlyList<string> Roles { get; } = ["board-member", "programme-manager", "programme-sro", Record.Core.Roles.System];

    public static AuthorizationBuilder AddBoardPolicy(this AuthorizationBuilder authorization) =>
        authorization.AddPolicy(Policy, policy => policy.RequireAuthenticatedUser().RequireClaim("role", Roles));

    public static Access AccessForBoard(this ClaimsPrincipal user) => Access.Of(user, Purpose, Guid.CreateVersion7());
}

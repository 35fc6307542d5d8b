using Microsoft.AspNetCore.Http.HttpResults;
using Reporting.Figures;

namespace Reporting.Deployment;

/// <summary>One row a source system, measured from its feed.</summary>
internal static class DeploymentEndpoints
{
    public static void MapDeployment(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/deployment").WithTags("Deployment").RequireAuthorization(BoardAccess.Policy)
            .MapGet("", Get).WithSummary("How far each source system has come, as its feed shows it");

    private static async Task<Ok<DeploymentPage>> Get(
        HttpContext http, ReportBuilder reports, TimeProvider clock, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return TypedResults.Ok(DeploymentPage.Of(await reports.Deployment(http.AccessForBoard(), now, cancellation), now));
    }
}

/// <summary>The answer of <c>GET /deployment</c>. There is no total per cent: an average of ten systems says nothing about any.</summary>
internal sealed record DeploymentPage(bool Simulated, string? Mark, DateTimeOffset AsOf, string StageRule, IReadOnlyList<DeploymentEntry> Sources)
{
    public static DeploymentPage Of(IReadOnlyList<DeploymentRow> rows, DateTimeOffset now)
    {
        var simulated = rows.Any(row => row is { Origin: Origin.Simulated, Feed: not null });
        return new DeploymentPage(simulated, simulated ? Origins.SimulatedMark : null, now, DeploymentRow.StageRule, [.. rows.Select(DeploymentEntry.Of)]);
    }
}

internal sealed record DeploymentEntry(
    string Code, string Name, string Organisation, string OrganisationName, string Setting, string Protocol, bool InProgramme, string Origin,
    string Stage, string StageText, bool Silent, DateTimeOffset? FirstMessage, DateTimeOffset? LastMessage, DateTimeOffset? DataThrough,
    long Received, long Mapped, long Waiting, long Refused, decimal? AcceptancePercent, long Backlog, double? LagSeconds,
    long Last24Hours, long RefusedLast24Hours)
{
    public static DeploymentEntry Of(DeploymentRow row) => new(
        row.Code, row.Name, row.Organisation, row.OrganisationName, row.Setting, row.Protocol, row.InProgramme, FigureSql.Text(row.Origin),
        FigureSql.Text(row.Stage), row.Stage.Text(), row.Silent, row.Feed?.FirstReceived, row.Feed?.LastReceived, row.Feed?.LastEvent,
        row.Feed?.Received ?? 0, row.Feed?.Mapped ?? 0, row.Feed?.Waiting ?? 0, row.Feed?.Refused ?? 0, row.AcceptancePercent,
        row.Feed?.Backlog ?? 0, row.Lag?.TotalSeconds, row.Feed?.Received24Hours ?? 0, row.Feed?.Refused24Hours ?? 0);
}

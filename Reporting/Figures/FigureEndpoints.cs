using Microsoft.AspNetCore.Http.HttpResults;

namespace Reporting.Figures;

/// <summary>Figures as numbers with everything that a reader must know about them.</summary>
internal static class FigureEndpoints
{
    public static void MapFigures(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/figures").WithTags("Figures").RequireAuthorization(BoardAccess.Policy)
            .MapGet("", Get).WithSummary("All figures now or, with asSaidAt, as we stated them at that moment");

    private static async Task<Results<Ok<FigurePage>, ProblemHttpResult>> Get(
        DateTimeOffset? asSaidAt, HttpContext http, Reports reports, CancellationToken cancellation)
    {
        var access = http.AccessForBoard();
        if (asSaidAt is { } then) return TypedResults.Ok(FigurePage.Of(then, await reports.AsSaid(access, then, cancellation)));

        var report = await reports.State(access, cancellation);
        return TypedResults.Ok(FigurePage.Of(report.Now, [.. report.Figures.Select(f => FigureStatement.Of(f, report.Now))]));
    }
}

/// <summary>The answer of <c>GET /figures</c>.</summary>
internal sealed record FigurePage(bool Simulated, string? Mark, DateTimeOffset AsOf, IReadOnlyList<FigureEntry> Figures)
{
    public static FigurePage Of(DateTimeOffset asOf, IReadOnlyList<FigureStatement> figures)
    {
        var simulated = figures.Any(f => f.Origin == Origin.Simulated);
        return new FigurePage(simulated, simulated ? Origins.SimulatedMark : null, asOf, [.. figures.Select(FigureEntry.Of)]);
    }
}

internal sealed record FigureEntry(
    string Id, string Title, decimal? Value, string Unit, long? Numerator, long? Denominator, bool Suppressed, Period Period, Period Window,
    string Origin, string Status, string Source, string? Rule, int? RuleVersion, string? Reading, decimal? Target,
    DateTimeOffset? DataThrough, string Suppression, string Level, string Subject, string SubjectName, DateTimeOffset RecordedAt)
{
    public static FigureEntry Of(FigureStatement f) => new(
        f.Figure, f.Title, f.Value, f.Unit, f.Numerator, f.Denominator, f.Suppressed, f.Period, f.Window,
        FigureSql.Text(f.Origin), FigureSql.Text(f.Status), f.Source, f.Rule, f.RuleVersion, f.Reading, f.Target,
        f.DataThrough, f.Suppression, f.Level, f.SubjectId, f.SubjectName, f.RecordedAt);
}

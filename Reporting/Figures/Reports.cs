using Record.Core;
using Record.Core.Audit;

namespace Reporting.Figures;

/// <summary>Makes reports, and keeps what was said in them: a figure that leaves this service has been recorded first.</summary>
internal sealed class Reports(ReportBuilder builder, FigureStore figures, AuditLog audit, TimeProvider clock)
{
    /// <summary>The report of now; its figures are recorded.</summary>
    public async Task<Report> State(Access access, CancellationToken cancellation)
    {
        var report = await builder.Build(access, Now, cancellation);
        await Record(access, report, FigureRun.ForFigures, null, cancellation);
        return report;
    }

    /// <summary>The report of now for a board pack, with what the pack before it said differently.</summary>
    public async Task<(Report Report, DateTimeOffset? LastPack, IReadOnlyList<Restatement> Restated)> StateForPack(
        Access access, Func<Report, string> fileName, CancellationToken cancellation)
    {
        var report = await builder.Build(access, Now, cancellation);
        var last = await figures.LastPack(access, report.Now, cancellation);
        var said = last is { } then ? await figures.AsSaid(access, then, cancellation) : [];
        var statements = await Record(access, report, FigureRun.ForBoardPack, fileName(report), cancellation);
        return (report, last, Restatement.Between(said, statements));
    }

    public async Task<IReadOnlyList<FigureStatement>> AsSaid(Access access, DateTimeOffset at, CancellationToken cancellation)
    {
        await Audit(access, "figures-as-said", cancellation);
        return await figures.AsSaid(access, at, cancellation);
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private async Task<IReadOnlyList<FigureStatement>> Record(
        Access access, Report report, string kind, string? fileName, CancellationToken cancellation)
    {
        var statements = report.Figures.Select(f => FigureStatement.Of(f, report.Now)).ToList();
        var run = new FigureRun(Guid.CreateVersion7(), kind, report.Now, report.Origin, report.DataThrough, fileName);
        await figures.State(access, run, statements, cancellation);
        await Audit(access, kind, cancellation);
        return statements;
    }

    private Task Audit(Access access, string interaction, CancellationToken cancellation) =>
        audit.Write(new AuditRow(access, 'R', interaction, null, null, null, "success", []), cancellation);
}

using Reporting.Deployment;
using Reporting.Pathways;

namespace Reporting.Figures;

/// <summary>Everything that is true of the programme at one moment: the one computation behind the API and the board pack.</summary>
internal sealed record Report(
    DateTimeOffset Now, Origin Origin, DateTimeOffset? DataThrough, IReadOnlyList<Figure> Figures,
    IReadOnlyList<DeploymentRow> Deployment, IReadOnlyList<PathwayDisplay> Pathways, BoardConfiguration Configuration)
{
    public DateOnly Today => Days.Of(Now);

    /// <summary>The two last complete months, then this one so far.</summary>
    public IReadOnlyList<Period> Months => MonthsAt(Today);

    public static IReadOnlyList<Period> MonthsAt(DateOnly today)
    {
        var current = Period.MonthOf(today);
        return [Period.MonthOf(current.From.AddMonths(-2)), Period.MonthOf(current.From.AddDays(-1)), current.Until(today)];
    }

    public Figure? Find(string id, Period period) => Figures.FirstOrDefault(f => f.Id == id && f.Basis.Period == period);
}

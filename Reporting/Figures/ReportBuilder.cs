using Record.Core;
using Reporting.Deployment;
using Reporting.Pathways;
using Reporting.Residents;

namespace Reporting.Figures;

/// <summary>Asks the stores for counts and makes the report of this moment from them.</summary>
internal sealed class ReportBuilder(ClockStore clocks, ResidentStore residents, FeedStore feeds, BoardConfiguration configuration)
{
    private const int ClockMonths = 13;
    private const string FeedSource = "Messages received and acknowledged by the record";
    private const string LinkSource = "Encounters in the record, through the links between source patients";

    public async Task<Report> Build(Access access, DateTimeOffset now, CancellationToken cancellation)
    {
        var today = Days.Of(now);
        var deployment = await Deployment(access, now, cancellation);
        var simulated = deployment.Any(row => row is { Origin: Origin.Simulated, Feed: not null }) || await feeds.HasSimulated(access, cancellation);
        var heard = deployment.Where(row => row.InProgramme && row.Feed is not null).Select(row => row.Feed!.LastEvent).ToList();
        var facts = new ReportFacts(today, Origins.Of(simulated), heard.Count == 0 || heard.Contains(null) ? null : heard.Min(), configuration.BelowSystem);

        var counts = await clocks.Count(access, today.AddMonths(-ClockMonths), today, cancellation);
        var activity = new Period(today.AddMonths(-configuration.ActivityMonths).AddDays(1), today);
        var people = await residents.Count(access, activity, configuration.Care.Sources, cancellation);
        var pathways = configuration.Pathways.Concat(
            counts.Select(c => c.Rule).Distinct().Except(configuration.Pathways.Select(p => p.Rule)).Select(PathwayDisplay.Unknown)).ToList();

        List<Figure> figures =
        [
            .. pathways.SelectMany(rule => PathwayFigures.All(rule, counts, facts, configuration.OrganisationName)),
            .. ResidentFigures.Of(people, facts.BasisOf(activity, LinkSource)),
            .. DeploymentFigures.Of(deployment, facts.BasisOf(new Period(today, today), FeedSource)),
        ];
        return new Report(now, facts.Origin, facts.DataThrough, figures, deployment, pathways, configuration);
    }

    public async Task<IReadOnlyList<DeploymentRow>> Deployment(Access access, DateTimeOffset now, CancellationToken cancellation)
    {
        var measures = (await feeds.Measure(access, now, cancellation)).ToDictionary(m => m.Source, StringComparer.Ordinal);
        var sending = configuration.Care.Sources.Where(s => s.Simulated && measures.ContainsKey(s.Code)).Select(s => s.Code).ToList();
        await feeds.KeepSimulated(access, sending, now, cancellation);
        var simulated = await feeds.EverSimulated(access, cancellation);
        return
        [
            .. configuration.Care.Sources.Select(source => DeploymentRow.Of(
                source, configuration.OrganisationName(source.Organisation), measures.GetValueOrDefault(source.Code), simulated.Contains(source.Code), now)),
            .. measures.Values.Where(m => configuration.Care.Source(m.Source) is null).OrderBy(m => m.Source, StringComparer.Ordinal)
                .Select(m => DeploymentRow.Unconfigured(m, simulated.Contains(m.Source), now)),
        ];
    }
}

/// <summary>What all figures of a report share.</summary>
internal sealed record ReportFacts(DateOnly Today, Origin Origin, DateTimeOffset? DataThrough, Suppression BelowSystem)
{
    public Basis BasisOf(Period period, string source) =>
        new(period, Origin, PublicationStatuses.Of(period, Today), source, DataThrough, BelowSystem);
}

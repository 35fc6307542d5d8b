using Reporting.Figures;

namespace Reporting.Pathways;

/// <summary>Turns counts of clocks into figures. Pure: the same counts give the same figures.</summary>
internal static class PathwayFigures
{
    public const int Weeks = 26;

    /// <summary>What a board sees of a rule: three months, what is open now, and the weeks.</summary>
    public static IEnumerable<Figure> All(
        PathwayDisplay rule, IReadOnlyList<ClockCount> clocks, ReportFacts facts, Func<string, string> nameOf)
    {
        foreach (var reading in Readings)
        {
            foreach (var month in Report.MonthsAt(facts.Today))
                foreach (var figure in OfPeriod(rule, reading, clocks, facts.BasisOf(month, rule.Source), nameOf)) yield return figure;
            foreach (var figure in OpenNow(rule, reading, clocks, facts)) yield return figure;
            foreach (var figure in Weekly(rule, reading, clocks, facts.Today, week => facts.BasisOf(week, rule.Source))) yield return figure;
        }
    }

    /// <summary>The two readings, side by side and never blended; the national definition first.</summary>
    public static IReadOnlyList<string> Readings { get; } = ["calendar-days", "elapsed-hours"];

    /// <summary>A snapshot: clocks open at this moment, whenever they started. Not to be mixed with the share of those decided.</summary>
    public static IEnumerable<Figure> OpenNow(PathwayDisplay rule, string reading, IReadOnlyList<ClockCount> clocks, ReportFacts facts)
    {
        var counted = clocks.Where(c => c.Rule == rule.Rule && c.Reading == reading).ToList();
        var today = new Period(facts.Today, facts.Today);
        var basis = For(rule, reading, counted, facts.BasisOf(today, rule.Source), today) with { Target = null };
        foreach (var (outcome, title) in new[]
        {
            (Outcomes.NotDue, "Open now, not due"), (Outcomes.AtRisk, "Open now, at risk"), (Outcomes.BreachedOpen, "Open now, breached"),
        })
            yield return Figure.Count(
                PathwayMeasures.CountOf(rule, reading, $"open-now.{outcome}", title), Subject.System, basis, Sum(counted, o => o == outcome));
    }

    /// <summary>The figures of one reporting period, for the system, each organisation and each team.</summary>
    public static IEnumerable<Figure> OfPeriod(
        PathwayDisplay rule, string reading, IReadOnlyList<ClockCount> clocks, Basis basis, Func<string, string> nameOf)
    {
        var window = basis.Period.Shifted(rule.WindowShift);
        var counted = clocks.Where(c => c.Rule == rule.Rule && c.Reading == reading && window.Contains(c.StartedOn)).ToList();
        basis = For(rule, reading, counted, basis, window);

        foreach (var figure in OfSubject(rule, reading, counted, Subject.System, basis)) yield return figure;
        foreach (var figure in Reasons(rule, reading, counted, basis)) yield return figure;
        foreach (var (level, key) in Levels)
            foreach (var group in counted.Where(c => key(c).Length > 0).GroupBy(key).OrderBy(g => g.Key, StringComparer.Ordinal))
                foreach (var figure in OfSubject(rule, reading, [.. group], new Subject(level, group.Key, nameOf(group.Key)), basis))
                    yield return figure;
    }

    /// <summary>The share by week of discharge, for the weeks in which everybody had time; oldest first.</summary>
    public static IEnumerable<Figure> Weekly(
        PathwayDisplay rule, string reading, IReadOnlyList<ClockCount> clocks, DateOnly today, Func<Period, Basis> basisOf)
    {
        var last = Period.WeekOf(today.AddDays(-rule.WindowShift));
        if (last.To > today.AddDays(-rule.WindowShift)) last = last.Shifted(7);
        for (var back = Weeks - 1; back >= 0; back--)
        {
            var week = last.Shifted(7 * back);
            var counted = clocks.Where(c => c.Rule == rule.Rule && c.Reading == reading && week.Contains(c.StartedOn)).ToList();
            var basis = For(rule, reading, counted, basisOf(week), week);
            yield return ShareOf(PathwayMeasures.WeeklyShareOf(rule, reading), counted, Subject.System, basis);
        }
    }

    private static readonly (string Level, Func<ClockCount, string> Key)[] Levels =
        [("organisation", c => c.Organisation), ("team", c => c.Team)];

    private static Basis For(PathwayDisplay rule, string reading, List<ClockCount> counted, Basis basis, Period window) => basis with
    {
        Window = window, Rule = rule.Rule, Reading = reading, Target = rule.Target, Source = rule.Source,
        RuleVersion = counted.Count == 0 ? null : counted.Max(c => c.RuleVersion),
        Origin = basis.Origin.And(Origins.Of(counted.Any(c => c.Simulated))),
    };

    private static IEnumerable<Figure> OfSubject(
        PathwayDisplay rule, string reading, IReadOnlyList<ClockCount> counted, Subject subject, Basis basis)
    {
        yield return ShareOf(PathwayMeasures.ShareOf(rule, reading), counted, subject, basis);
        foreach (var (key, title, counts) in PathwayMeasures.Counted)
            yield return Figure.Count(
                PathwayMeasures.CountOf(rule, reading, key, title), subject, basis with { Target = null }, Sum(counted, counts));
    }

    private static IEnumerable<Figure> Reasons(PathwayDisplay rule, string reading, IReadOnlyList<ClockCount> counted, Basis basis) =>
        from outcome in PathwayMeasures.WithReason
        from reason in counted.Where(c => c.Outcome == outcome).GroupBy(c => c.Reason ?? "no reason recorded").OrderBy(g => g.Key, StringComparer.Ordinal)
        select Figure.Count(
            PathwayMeasures.ReasonOf(rule, reading, outcome, reason.Key), Subject.System, basis with { Target = null }, reason.Sum(c => c.Clocks));

    private static Figure ShareOf(Measure measure, IReadOnlyList<ClockCount> counted, Subject subject, Basis basis) =>
        Figure.Share(measure, subject, basis, Sum(counted, outcome => outcome == Outcomes.Met), Sum(counted, PathwayMeasures.IsDecided));

    private static long Sum(IEnumerable<ClockCount> clocks, Func<string, bool> counts) =>
        clocks.Where(c => counts(c.Outcome)).Sum(c => c.Clocks);
}

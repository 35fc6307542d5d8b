using Reporting.Figures;

namespace Reporting.Pathways;

/// <summary>The figures that a board sees of one rule in one reading, and how each is counted.</summary>
internal static class PathwayMeasures
{
    public const string Share = "met-share";

    /// <summary>Clocks whose time is over: the denominator of the share. Open but not yet due is none of it.</summary>
    public static bool IsDecided(string outcome) => outcome is Outcomes.Met or Outcomes.ClosedLate or Outcomes.BreachedOpen;

    public static IReadOnlyList<(string Key, string Title, Func<string, bool> Counts)> Counted { get; } =
    [
        ("decided", "Discharges due (denominator)", IsDecided),
        ("met", "Followed up in time", outcome => outcome == Outcomes.Met),
        ("breached-open", "Breached and still open", outcome => outcome == Outcomes.BreachedOpen),
        ("closed-late", "Followed up late", outcome => outcome == Outcomes.ClosedLate),
        ("not-yet-due", "Open, not yet due", outcome => outcome is Outcomes.NotDue or Outcomes.AtRisk),
        ("excluded", "Excluded", outcome => outcome == Outcomes.Excluded),
        ("not-assessable", "Not assessable", outcome => outcome == Outcomes.NotAssessable),
    ];

    /// <summary>Outcomes that are shown reason by reason.</summary>
    public static IReadOnlyList<string> WithReason { get; } = [Outcomes.Excluded, Outcomes.NotAssessable];

    public static Measure ShareOf(PathwayDisplay rule, string reading) =>
        new($"{rule.Rule}.{reading}.{Share}", "Followed up in time, of those due", Units.Percent);

    public static Measure WeeklyShareOf(PathwayDisplay rule, string reading) =>
        new($"{rule.Rule}.{reading}.weekly-{Share}", "Followed up in time, by week of discharge", Units.Percent);

    public static Measure CountOf(PathwayDisplay rule, string reading, string key, string title) =>
        new($"{rule.Rule}.{reading}.{key}", title, rule.Population);

    public static Measure ReasonOf(PathwayDisplay rule, string reading, string outcome, string reason) =>
        new($"{rule.Rule}.{reading}.{outcome}.{Slug(reason)}", $"{(outcome == Outcomes.Excluded ? "Excluded" : "Not assessable")}: {reason}", rule.Population);

    private static string Slug(string text) =>
        string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
}

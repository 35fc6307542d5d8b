namespace Reporting.Pathways;

/// <summary>How many clocks of one rule and reading, of one team and day, came out in one way. Nobody is named.</summary>
internal sealed record ClockCount(
    string Rule, int RuleVersion, string Reading, string Organisation, string Team, DateOnly StartedOn,
    string Outcome, string? Reason, bool Simulated, long Clocks);

/// <summary>The outcomes of a pathway clock, as <c>record.pathway_clock</c> spells them.</summary>
internal static class Outcomes
{
    public const string NotDue = "not-due";
    public const string AtRisk = "at-risk";
    public const string BreachedOpen = "breached-open";
    public const string Met = "met";
    public const string ClosedLate = "closed-late";
    public const string Excluded = "excluded";
    public const string NotAssessable = "not-assessable";
}

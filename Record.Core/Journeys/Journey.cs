namespace Record.Core.Journeys;

/// <summary>Where a person is now.</summary>
public sealed record WhereNow(string Setting, string Organisation, string Place, string? Kind, DateTimeOffset? Since);

/// <summary>A team that knows the person.</summary>
public sealed record TeamKnown(string Id, string Name, string Organisation, string? Setting, string? Phone, DateTimeOffset? Since, DateTimeOffset? Last, string Reason);

/// <summary>A pathway clock in words.</summary>
public sealed record JourneyClock(
    string Rule, string Title, string Reading, string Encounter, DateTimeOffset Started, DateTimeOffset? Due, DateTimeOffset? Closed, string Outcome, string? Reason, string? Team);

/// <summary>An open or ended task.</summary>
public sealed record JourneyTask(string Id, string Kind, string Title, string Status, DateTimeOffset? Due, string Team, string? Created, string? Note);

/// <summary>A referral and how far it has come.</summary>
public sealed record JourneyReferral(string Id, string? Task, string Title, string Status, string? From, string? To, string? Sent, string? Priority, string? Note);

/// <summary>One item of the timeline with its source.</summary>
public sealed record TimelineItem(
    DateTimeOffset? At, string Precision, DateTimeOffset? Until, string Kind, string Title, string? Detail, string Setting, string Organisation, string? Place,
    string Source, string SourceName, string Resource, string Status);

/// <summary>The person's record in one source system, and how it came to be linked.</summary>
public sealed record SourceRecord(
    string Patient, string Source, string SourceName, string Organisation, string Setting, string? LocalId, string? Name, string? BirthDate, string? Address,
    string? NhsNumberStatus, string LinkedBy, DateTimeOffset LinkedAt, DateTimeOffset Updated);

/// <summary>One person's whole journey across settings, as their page shows it.</summary>
public sealed record Journey(
    string Id, string? Name, string? BirthDate, int? Age, string? Gender, string? NhsNumber, string? NhsNumberStatus, string? Address, string? Phone, string? GpPractice,
    string? Deceased, bool Simulated, WhereNow? WhereNow, IReadOnlyList<TeamKnown> Teams, IReadOnlyList<JourneyClock> Clocks, IReadOnlyList<JourneyTask> Tasks,
    IReadOnlyList<JourneyReferral> Referrals, IReadOnlyList<TimelineItem> Timeline, IReadOnlyList<SourceRecord> Records, IReadOnlyList<Withheld> Withheld)
{
    /// <summary>Whether the record is open by break-glass alone.</summary>
    public bool ByBreakGlass { get; init; }
}

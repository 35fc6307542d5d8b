namespace Record.Web.Records;

public sealed record Question(string? NhsNumber, string? Family, string? Given, string? BirthDate);

public sealed record Found(PersonFound[] People, bool More);

public sealed record PersonFound(Guid Id, string? Name, string? BirthDate, string? Gender, string? NhsNumber, string? Address, string[] Settings, string[] Organisations, bool Simulated);

public sealed record WhereNow(string Setting, string Organisation, string Place, string? Kind, DateTimeOffset? Since);

public sealed record TeamKnown(string Id, string Name, string Organisation, string? Setting, string? Phone, DateTimeOffset? Since, DateTimeOffset? Last, string Reason);

public sealed record JourneyClock(string Rule, string Title, string Reading, string Encounter, DateTimeOffset Started, DateTimeOffset? Due, DateTimeOffset? Closed, string Outcome, string? Reason, string? Team);

public sealed record JourneyTask(string Id, string Kind, string Title, string Status, DateTimeOffset? Due, string Team, string? Created, string? Note);

public sealed record JourneyReferral(string Id, string? Task, string Title, string Status, string? From, string? To, string? Sent, string? Priority, string? Note);

public sealed record TimelineItem(
    DateTimeOffset? At, string Precision, DateTimeOffset? Until, string Kind, string Title, string? Detail, string Setting, string Organisation, string? Place, string Source, string SourceName, string Resource, string Status);

public sealed record SourceRecord(
    string Patient, string Source, string SourceName, string Organisation, string Setting, string? LocalId, string? Name, string? BirthDate, string? Address, string? NhsNumberStatus,
    string LinkedBy, DateTimeOffset LinkedAt, DateTimeOffset Updated);

public sealed record Journey(
    Guid Id, string? Name, string? BirthDate, int? Age, string? Gender, string? NhsNumber, string? NhsNumberStatus, string? Address, string? Phone, string? GpPractice, string? Deceased, bool Simulated,
    WhereNow? WhereNow, TeamKnown[] Teams, JourneyClock[] Clocks, JourneyTask[] Tasks, JourneyReferral[] Referrals, TimelineItem[] Timeline, SourceRecord[] Records, Withheld[] Withheld, bool ByBreakGlass);

public sealed record Withheld(string Seal, string Name, int Count);

public sealed record Opened(DateTimeOffset Until);

public sealed record WorklistItem(
    string Task, string Kind, string Title, Guid? Person, string? PersonName, string? BirthDate, string? NhsNumber, DateTimeOffset? Due, string? Outcome, string Status, string Team, string TeamName,
    string? From, string? Created, string? Priority, bool Simulated, string[] Actions);

public sealed record Worklist(TeamName[] Teams, WorklistItem[] Items, bool More);

public sealed record TeamName(string Id, string Name);

public sealed record Team(string Id, string Name, string? Sector, string? Phone, string? Organisation, string? OrganisationId);

public sealed record Referral(Guid Person, string? To, string? From, string? Reason, string? Priority, string Key);

public sealed record Span(DateOnly From, DateOnly To);

public sealed record Figure(
    string Id, string Title, decimal? Value, string Unit, long? Numerator, long? Denominator, bool Suppressed, Span Period, string Origin, string Status, string Source, string? Rule, int? RuleVersion,
    string? Reading, decimal? Target, DateTimeOffset? DataThrough, string Level, string SubjectName);

public sealed record Figures(bool Simulated, string? Mark, DateTimeOffset AsOf, [property: System.Text.Json.Serialization.JsonPropertyName("figures")] Figure[] All);

public sealed record FeedRow(
    string Code, string Name, string OrganisationName, string Setting, string Protocol, bool InProgramme, string Origin, string StageText, bool Silent, DateTimeOffset? FirstMessage, DateTimeOffset? LastMessage,
    long Received, long Mapped, long Waiting, long Refused);

public sealed record Deployment(bool Simulated, string? Mark, DateTimeOffset AsOf, string StageRule, FeedRow[] Sources);

public sealed record ClaimDocument(string Title, string Publisher, string Date, string Status, string? StatusNote);

public sealed record Claim(string Id, string Topic, string Statement, string Value, ClaimDocument Document, string Place, string StatedBy, string Status, string? Note);

public sealed record ClaimPage(Claim[] Claims);

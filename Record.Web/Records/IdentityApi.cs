using System.Text.Json;

namespace Record.Web.Records;

public sealed record IdentityPatient(
    string Id, string Source, string Organisation, string? LocalId, string? Name, string? BirthDate, string? Gender, string? NhsNumber, string? NhsNumberStatus,
    string? Address, string? Phone, bool Restricted, bool Simulated, Guid? Person, int RecordsOfPerson);

public sealed record IdentityLine(Guid Id, string Kind, double? Weight, string Reason, DateTimeOffset RaisedAt, IdentityPatient First, IdentityPatient? Second);

public sealed record IdentityMoved(string Patient, Guid From, Guid To, string Method);

public sealed record IdentityDecision(Guid Id, DateTimeOffset At, string Kind, Guid? Review, Guid? Overlay, Guid? Undoes, string By, string Organisation, string Reason, IdentityMoved[] Moved, bool IsUndone)
{
    public bool CanBeUndone => !IsUndone && Kind is not "undo";
}

public sealed record IdentityOpen(IdentityLine[] Lines, bool More, long Elsewhere, long Crowded, int WeightsVersion, IdentityDecision[] Decided);

public sealed record IdentityField(string Field, string Level, double Weight);

public sealed record IdentityReview(Guid Id, string First, string Second, double Weight, string Reason, string State, DateTimeOffset RaisedAt);

public sealed record IdentityPair(IdentityReview Review, IdentityPatient First, IdentityPatient Second, IdentityField[] Fields, double Prior, IdentityDecision[] Decisions)
{
    public bool AreLinked => First.Person is not null && First.Person == Second.Person;
}

public sealed record IdentityCase(Guid Id, string Patient, int VersionBefore, int VersionAfter, Guid PersonBefore, string State, DateTimeOffset RaisedAt);

public sealed record IdentityOverlay(IdentityCase Case, IdentityPatient Before, IdentityPatient After, IdentityField[] Fields, IdentityDecision[] Decisions);

/// <summary>The stewards' queue of the records API as the signed-in user sees it.</summary>
public sealed class IdentityApi(HttpClient http)
{
    public Task<Answer<IdentityOpen>> Queue(CancellationToken cancellation) => Api.Send<IdentityOpen>(http, HttpMethod.Get, "identity/queue", null, cancellation);

    public Task<Answer<IdentityPair>> Pair(Guid id, CancellationToken cancellation) => Api.Send<IdentityPair>(http, HttpMethod.Get, $"identity/reviews/{id}", null, cancellation);

    public Task<Answer<IdentityOverlay>> Overlay(Guid id, CancellationToken cancellation) => Api.Send<IdentityOverlay>(http, HttpMethod.Get, $"identity/overlays/{id}", null, cancellation);

    /// <param name="question"><c>reviews/ID</c>, <c>overlays/ID</c> or <c>decisions/ID</c>.</param>
    /// <param name="decision"><c>link</c>, <c>keep-apart</c>, <c>one-person</c>, <c>two-people</c> or <c>undo</c>.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<Answer<JsonElement>> Decide(string question, string decision, string? reason, CancellationToken cancellation) =>
        Api.Send<JsonElement>(http, HttpMethod.Post, $"identity/{question}/{decision}", new { reason }, cancellation);
}

using System.Text.Json;

namespace Record.Web.Records;

public sealed record AuditSeen(
    string Id, string? Patient, DateTimeOffset At, Guid Request, string Actor, string Role, string Organisation, string Purpose, string Client, string? Network, string Action, string Interaction,
    string? ResourceType, string? ResourceId, string? Query, string Outcome, bool Succeeded, string? BreakGlass, Guid? Person, string? PatientName);

public sealed record AuditPage(AuditSeen[] Seen, string? Next);

public sealed record AuditedPerson(Guid Person, string[] Patients, string? Name, string? BirthDate, string? NhsNumber, bool Simulated);

public sealed record AccessList(AuditedPerson Person, AuditSeen[] Seen, string? Next);

public sealed record UnusualAccess(
    Guid Id, string Rule, string Actor, string? ActorName, string Role, string Organisation, string Why, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Seen, DateTimeOffset RaisedAt,
    string? Decision, string? Note, string? DecidedBy, DateTimeOffset? DecidedAt, string[] People, int Patients, Guid[] Persons, bool Mine, bool Simulated);

/// <summary>The audit of the records API as the signed-in privacy officer sees it.</summary>
public sealed class AuditApi(HttpClient http)
{
    /// <param name="question">Query of the search, encoded.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<Answer<AuditPage>> Search(string question, CancellationToken cancellation) => Api.Send<AuditPage>(http, HttpMethod.Get, "audit/events" + question, null, cancellation);

    public Task<Answer<AuditedPerson[]>> People(string? nhsNumber, CancellationToken cancellation) => Api.Send<AuditedPerson[]>(http, HttpMethod.Post, "audit/people/_search", new { nhsNumber }, cancellation);

    public Task<Answer<AccessList>> OfPerson(Guid person, string? after, bool machines, CancellationToken cancellation) =>
        Api.Send<AccessList>(http, HttpMethod.Get, $"audit/people/{person}?machines={(machines ? "true" : "false")}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", null, cancellation);

    public Task<Answer<UnusualAccess[]>> Unusual(string state, CancellationToken cancellation) => Api.Send<UnusualAccess[]>(http, HttpMethod.Get, $"audit/unusual?state={state}", null, cancellation);

    public Task<Answer<UnusualAccess>> One(Guid id, CancellationToken cancellation) => Api.Send<UnusualAccess>(http, HttpMethod.Get, $"audit/unusual/{id}", null, cancellation);

    public Task<Answer<JsonElement>> Decide(Guid id, string? decision, string? note, CancellationToken cancellation) =>
        Api.Send<JsonElement>(http, HttpMethod.Post, $"audit/unusual/{id}/decide", new { decision, note }, cancellation);
}

using System.Globalization;
using Record.Api.Fhir;
using Record.Core;
using Record.Core.Audit.Reading;
using Record.Core.Audit.Unusual;
using Record.Core.Patients;

namespace Record.Api.Audit;

/// <summary>Whose access list is looked for.</summary>
internal sealed record AuditPeopleQuestion(string? NhsNumber);

/// <summary>What was decided, and why.</summary>
internal sealed record UnusualDecision(string? Decision, string? Note);

/// <summary>The privacy officers' endpoints: the audit, access lists, unusual access.</summary>
internal static class AuditEndpoints
{
    private static readonly string[] Get = ["GET", "HEAD"];

    public static void MapAudit(this WebApplication app)
    {
        var events = app.Services.GetRequiredService<AuditEvents>();
        var route = new FhirRoute(app.Services.GetRequiredService<FhirServices>());
        var fhir = app.MapGroup("/fhir/AuditEvent").WithTags("Audit").RequireAuthorization(RecordAuthentication.AnyScope);
        fhir.MapMethods("", Get, route.Asks(events.Search, ScopeActions.Search));
        fhir.MapPost("/_search", route.Searches(events.Search));
        fhir.MapMethods("/{id}", Get, route.Asks(events.Read, ScopeActions.Read));

        var audit = app.MapGroup("/audit").WithTags("Audit").RequireAuthorization(Activities.Audit);
        audit.MapGet("/events", Events).WithSummary("Who did what: one's own staff and patients, newest first");
        audit.MapPost("/people/_search", People).WithSummary("A person on whom the organisation holds data, by NHS number");
        audit.MapGet("/people/{person:guid}", OfPerson).WithSummary("A person's whole access list");
        audit.MapGet("/unusual", Unusual).WithSummary("Access that the rules raised: open, or decided");
        audit.MapGet("/unusual/{id:guid}", async (Guid id, HttpResponse response, Access access, UnusualReviewStore store, CancellationToken cancellation) => Seen(await store.One(access, id, cancellation), response)).WithSummary("One of them");
        audit.MapPost("/unusual/{id:guid}/decide", async (Guid id, UnusualDecision decision, HttpResponse response, Access access, UnusualReviewStore store, CancellationToken cancellation) =>
            Seen(await store.Decide(access, id, decision.Decision, decision.Note, cancellation), response)).WithSummary("Justified or not, and why");
    }

    private static async Task<IResult> Events(
        string? actor, string? action, string? outcome, DateTimeOffset? from, DateTimeOffset? until, bool? machines, string? after, HttpContext http, Access access, AuditReadStore store, CancellationToken cancellation)
    {
        if (action is not (null or "" or "C" or "R" or "U" or "D" or "E")) return AuditErrors.BadParameter("action").ToProblem();
        var query = new AuditQuery
        {
            Actor = string.IsNullOrWhiteSpace(actor) ? null : actor.Trim(), Action = string.IsNullOrEmpty(action) ? null : action[0], From = from, Until = until,
            Succeeded = outcome switch { "success" => true, "refused" => false, _ => null }, PeopleOnly = machines != true, After = AuditQuery.Place(after),
        };
        return Seen(await store.Search(access, query, "audit-search", http.Request.QueryString.Value, cancellation), http.Response);
    }

    private static async Task<IResult> Unusual(string? state, HttpResponse response, Access access, UnusualReviewStore store, CancellationToken cancellation) =>
        Seen(await store.List(access, state != "decided", cancellation), response);

    private static IResult Seen<T>(Result<T> found, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return found.ToResult();
    }

    private static async Task<IResult> People(AuditPeopleQuestion question, Access access, AuditReadStore store, CancellationToken cancellation)
    {
        if (!NhsNumber.TryParse(question.NhsNumber, CultureInfo.InvariantCulture, out var number)) return Record.Api.People.PeopleErrors.NotANhsNumber.ToProblem();
        return (await store.People(access, number, cancellation)).ToResult();
    }

    private static async Task<IResult> OfPerson(Guid person, string? after, bool? machines, HttpResponse response, Access access, AuditReadStore store, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        var found = await store.OfPersonAsked(access, person, new() { After = AuditQuery.Place(after), PeopleOnly = machines != true }, cancellation);
        return found.TryGet(out var list, out var error) ? TypedResults.Json(new { list.Person, list.Page.Seen, list.Page.Next }) : error.ToProblem();
    }
}

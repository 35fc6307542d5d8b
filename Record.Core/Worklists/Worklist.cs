using System.Text.Json.Nodes;
using Record.Core.Fhir;
using Record.Core.Journeys;
using Record.Core.Organisations;
using Record.Core.Tasks;

namespace Record.Core.Worklists;

/// <summary>One line of a worklist.</summary>
public sealed record WorklistItem(
    string Task, string Kind, string Title, string? Person, string? PersonName, string? BirthDate, string? NhsNumber, DateTimeOffset? Due, string? Outcome, string Status,
    string Team, string TeamName, string? From, string? Created, string? Priority, bool Simulated, IReadOnlyList<string> Actions);

/// <summary>What waits for a person's teams, most urgent first.</summary>
public sealed class Worklist(WorklistStore store, CareSystem system, TimeProvider clock)
{
    /// <summary>Organisations whose work this user sees: their teams, their trust, or every team of it for its service manager.</summary>
    public IReadOnlyList<string> OwnersOf(Access access) =>
        [.. access.Teams.Concat(access.Role == Roles.ServiceManager ? system.Organisations.Where(o => o.PartOf == access.Organisation).Select(o => o.Id) : [])
            .Append(access.Organisation).Where(id => id.Length > 0).Distinct()];

    /// <summary>The items, of one team or of all that are the user's.</summary>
    public async Task<Result<IReadOnlyList<WorklistItem>>> Of(Access access, string? team, CancellationToken cancellation)
    {
        var owners = OwnersOf(access);
        if (team is not null && !access.IsSystem && !owners.Contains(team)) return TaskErrors.NotYours;
        var found = await store.Of(access, team is null ? owners : [team], cancellation);
        if (!found.TryGet(out var rows, out var error)) return error;
        return Result<IReadOnlyList<WorklistItem>>.Of([.. rows.Select(Item).OrderBy(item => item.Due ?? DateTimeOffset.MaxValue).ThenBy(item => item.Task, StringComparer.Ordinal)]);
    }

    private WorklistItem Item(WorklistRow row)
    {
        var task = row.Task.Json();
        var patient = row.Patient?.Json();
        var kind = TaskStates.Code(task) ?? "task";
        var status = TaskStates.Status(task);
        var owner = TaskStates.Owner(task) ?? "";
        var due = FhirTime.TryRange(task["restriction"]?["period"]?["end"]?.GetValue<string>(), out var at, out _) ? at : (DateTimeOffset?)null;
        var requester = task["requester"]?["reference"]?.GetValue<string>()?.Split('/')[^1];
        return new(
            row.Task.Id, kind, task["description"]?.GetValue<string>() ?? "Task", row.Person?.ToString(), Demographics.Name(patient), patient?["birthDate"]?.GetValue<string>(),
            Demographics.NhsNumber(patient).Number, due, Outcome(task, due), status, owner, system.Organisation(owner)?.Name ?? owner,
            requester is null ? null : system.Organisation(requester)?.Name ?? requester, task["authoredOn"]?.GetValue<string>(), task["priority"]?.GetValue<string>(),
            Demographics.IsSimulated(task) || (patient is not null && Demographics.IsSimulated(patient)),
            kind == TaskCodes.Referral && status is "requested" or "received" ? ["accept", "reject"] : kind == TaskCodes.Referral ? [] : ["complete"]);
    }

    private string? Outcome(JsonObject task, DateTimeOffset? due) => task["businessStatus"]?["text"]?.GetValue<string>()
        ?? (due is null ? null : clock.GetUtcNow() >= due ? "breached-open" : due - clock.GetUtcNow() <= TimeSpan.FromDays(1) ? "at-risk" : "not-due");
}

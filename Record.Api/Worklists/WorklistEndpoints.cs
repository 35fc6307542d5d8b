using System.Text.Json.Nodes;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Organisations;
using Record.Core.Tasks;
using Record.Core.Worklists;

namespace Record.Api.Worklists;

/// <summary>A team's worklist, and completing what stands on it.</summary>
internal static class WorklistEndpoints
{
    public static void MapWorklists(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/worklist", Get).RequireAuthorization(Activities.Worklists).WithTags("Worklists").WithSummary("What waits for the user's teams, or for one of them");
        routes.MapPost("/tasks/{id}/complete", Complete).RequireAuthorization(Activities.Worklists).WithTags("Worklists").WithSummary("End a task by hand");
    }

    private sealed record Completion(string? Note);

    private static async Task<IResult> Get(string? team, Access access, Worklist worklist, CareSystem system, HttpResponse response, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        var found = await worklist.Of(access, team, cancellation);
        if (!found.TryGet(out var items, out var error)) return error.ToProblem();
        var teams = worklist.OwnersOf(access).Select(id => new { id, name = system.Organisation(id)?.Name ?? id });
        return TypedResults.Json(new { teams, items, more = items.Count == WorklistStore.Most });
    }

    private static async Task<IResult> Complete(
        string id, Completion? completion, Access access, ResourceStore store, Worklist worklist, TimeProvider clock, CancellationToken cancellation)
    {
        var found = await TaskOf(id, access, store, worklist, cancellation);
        if (!found.TryGet(out var task, out var error)) return error.ToProblem();
        if (!TaskStates.Complete(task.Json(), completion?.Note, clock.GetUtcNow()).TryGet(out var completed, out error)) return error.ToProblem();
        return await Save(store, access, [("Task", id, completed, task.Version)], cancellation);
    }

    /// <summary>The task, if it belongs to a team of the user.</summary>
    internal static async Task<Result<StoredResource>> TaskOf(string id, Access access, ResourceStore store, Worklist worklist, CancellationToken cancellation)
    {
        var found = await store.Read(access, "Task", id, cancellation);
        if (!found.TryGet(out var task, out var error)) return error.Kind == ErrorKind.NotFound ? TaskErrors.NotFound : error;
        var owner = TaskStates.Owner(task.Json());
        return access.IsSystem || (owner is not null && worklist.OwnersOf(access).Contains(owner)) ? task : TaskErrors.NotYours;
    }

    /// <summary>Writes together; the versions decided on must still be current.</summary>
    internal static async Task<IResult> Save(ResourceStore store, Access access, IEnumerable<(string Type, string Id, JsonObject Json, int? IfMatch)> writes, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, "api", cancellation);
        foreach (var (type, id, json, expected) in writes) transaction.Put(type, id, json, expected);
        var saved = await transaction.Commit(cancellation);
        return saved.TryGet(out _, out var error) ? TypedResults.NoContent() : error.ToProblem();
    }
}

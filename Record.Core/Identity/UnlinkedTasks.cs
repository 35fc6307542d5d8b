using System.Text.Json.Nodes;
using Record.Core.Fhir;
using Record.Core.Tasks;

namespace Record.Core.Identity;

/// <summary>
/// What an unlink does to follow-up tasks: one that a human has touched stays as it is, marked; one that only we have written is
/// open again, and the clocks of the persons as they are now decide it.
/// </summary>
internal static class UnlinkedTasks
{
    private const string System = "https://fhir.mse-epr.nhs.uk/CodeSystem/identity";
    private const string Kept = "kept-after-unlink";

    /// <summary>Marks or reopens the tasks of the source patients that were one person.</summary>
    public static async Task Restore(RecordTransaction transaction, string[] patients, CancellationToken cancellation)
    {
        var tasks = await ResourceStore.CompartmentIn(transaction, patients, ["Task"], cancellation);
        if (tasks.Count == 0) return;
        var touched = await LinkStore.TouchedTasks(transaction, patients, cancellation);
        foreach (var task in tasks)
        {
            var json = task.Json();
            if (TaskStates.Code(json) != TaskCodes.FollowUp) continue;
            if (touched.Contains(task.Id)) transaction.Put("Task", task.Id, Marked(json));
            else if (TaskStates.IsOver(json)) transaction.Put("Task", task.Id, Open(json));
        }
    }

    private static JsonObject Marked(JsonObject task)
    {
        var meta = task["meta"] as JsonObject ?? [];
        var tags = meta["tag"] as JsonArray ?? [];
        if (tags.Any(tag => tag?["code"]?.GetValue<string>() == Kept)) return task;
        tags.Add(new JsonObject { ["system"] = System, ["code"] = Kept, ["display"] = "Kept when source records were unlinked" });
        meta["tag"] ??= tags;
        task["meta"] ??= meta;
        return task;
    }

    private static JsonObject Open(JsonObject task)
    {
        task["status"] = "requested";
        foreach (var name in new[] { "statusReason", "lastModified", "executionPeriod" }) task.Remove(name);
        return task;
    }
}

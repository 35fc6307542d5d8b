using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core.Feeds;
using Record.Core.Fhir;
using Record.Core.Pathways;

namespace Record.Core.Tasks;

/// <summary>The task that an open clock puts on the responsible team's worklist: one for each stay, whatever the readings.</summary>
internal static class FollowUpTasks
{
    /// <summary>Puts, updates and closes the follow-up tasks of one person and one rule.</summary>
    /// <param name="transaction">Where they are written.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="clocks">Its clocks now.</param>
    /// <param name="resources">The person's resources, among them the tasks there are.</param>
    /// <param name="now">The moment of evaluation.</param>
    public static void Write(RecordTransaction transaction, PathwayRule rule, IReadOnlyList<Clock> clocks, IReadOnlyList<StoredResource> resources, DateTimeOffset now)
    {
        var tasks = resources.Where(r => r.Type == "Task").ToDictionary(r => r.Id);
        var wanted = new HashSet<string>();
        foreach (var stay in clocks.GroupBy(clock => clock.Started.Encounter))
        {
            var id = SourceIds.Of(rule.Id, "Task", stay.Key);
            wanted.Add(id);
            tasks.TryGetValue(id, out var existing);
            var before = existing?.Json();
            var open = stay.Where(clock => clock.IsOpen).ToList();
            if (before is null && (open.Count == 0 || stay.First().Started.Team is null || Age(stay.First(), now) > rule.TaskFor)) continue;
            if (before is not null && TaskStates.IsOver(before)) continue; // a person or the contact has ended it
            transaction.Put("Task", id, Of(rule, stay.ToList(), open, before, now));
        }

        foreach (var task in tasks.Values.Where(task => !wanted.Contains(task.Id)))
            if (task.Json() is var json && TaskStates.Code(json) == TaskCodes.FollowUp && Rule(json) == rule.Id && !TaskStates.IsOver(json))
                transaction.Put("Task", task.Id, TaskStates.End(json, "cancelled", "The discharge that started it was cancelled.", now));
    }

    private static TimeSpan Age(Clock clock, DateTimeOffset now) => clock.Started.End is { } end ? now - end.From : TimeSpan.Zero;

    private static string? Rule(JsonObject task) => task["groupIdentifier"]?["value"]?.GetValue<string>();

    private static JsonObject Of(PathwayRule rule, List<Clock> clocks, List<Clock> open, JsonObject? before, DateTimeOffset now)
    {
        var started = clocks[0].Started;
        var due = (open.Count > 0 ? open : clocks).Min(clock => clock.DueAt);
        var task = new JsonObject { ["resourceType"] = "Task" };
        if (started.Simulated) task["meta"] = TaskStates.SimulatedMeta();
        task["groupIdentifier"] = new JsonObject { ["system"] = "https://fhir.mse-epr.nhs.uk/Id/pathway-rule", ["value"] = rule.Id };
        task["status"] = before?["status"]?.GetValue<string>() ?? "requested";
        task["businessStatus"] = new JsonObject { ["text"] = Worst(open.Count > 0 ? open : clocks) };
        task["intent"] = "order";
        task["code"] = TaskCodes.Concept(TaskCodes.FollowUp);
        task["description"] = rule.Title;
        task["focus"] = new JsonObject { ["reference"] = $"Encounter/{started.Encounter}" };
        task["for"] = new JsonObject { ["reference"] = $"Patient/{started.Patient}" };
        task["authoredOn"] = before?["authoredOn"]?.GetValue<string>() ?? now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        task["owner"] = new JsonObject { ["reference"] = $"Organization/{started.Team}" };
        if (due is { } end) task["restriction"] = new JsonObject { ["period"] = new JsonObject { ["end"] = end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) } };
        if (open.Count > 0) return task;
        var by = clocks.FirstOrDefault(clock => clock.ClosedBy is not null);
        return TaskStates.End(task, by is null ? "cancelled" : "completed", by is null ? clocks[0].Reason ?? "No follow-up is needed." : "The contact arrived from the source system.", now);
    }

    private static string Worst(List<Clock> clocks) =>
        clocks.Select(clock => clock.Outcome).MinBy(outcome => Array.IndexOf(Order, outcome))!;

    private static readonly string[] Order = ["breached-open", "at-risk", "not-due", "closed-late", "met", "not-assessable", "excluded"];
}

using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core.Feeds;
using Record.Core.Tasks;

namespace Record.Core.Referrals;

/// <summary>
/// A referral is a ServiceRequest with one coordinating Task for the receiver. A hand-off is not complete until the receiver
/// accepts; a rejection opens a task at the sender; escalation adds a task and takes nothing away. Pure functions over the resources.
/// </summary>
public static class ReferralTask
{
    /// <summary>The coordinating task of a ServiceRequest that is sent to an organisation; null if it is none.</summary>
    /// <param name="id">Id of the ServiceRequest.</param>
    /// <param name="request">The ServiceRequest.</param>
    /// <param name="now">When it was noticed.</param>
    public static (string Id, JsonObject Task)? Of(string id, JsonObject request, DateTimeOffset now)
    {
        if (request["status"]?.GetValue<string>() != "active" || request["intent"]?.GetValue<string>() is not ("order" or "original-order")) return null;
        if (Organisation((request["performer"] as JsonArray)?.FirstOrDefault()) is not { } receiver) return null;
        var priority = request["priority"]?.GetValue<string>() ?? "routine";
        var task = new JsonObject { ["resourceType"] = "Task" };
        if (request["meta"]?["tag"] is { } tags) task["meta"] = new JsonObject { ["tag"] = tags.DeepClone() };
        task["status"] = "requested";
        task["intent"] = "order";
        task["priority"] = priority;
        task["code"] = TaskCodes.Concept(TaskCodes.Referral);
        task["description"] = Title(request);
        task["focus"] = new JsonObject { ["reference"] = $"ServiceRequest/{id}" };
        task["for"] = request["subject"]?.DeepClone();
        task["authoredOn"] = Text(now);
        if (request["requester"] is { } requester) task["requester"] = requester.DeepClone();
        task["owner"] = new JsonObject { ["reference"] = $"Organization/{receiver}" };
        task["restriction"] = new JsonObject { ["period"] = new JsonObject { ["end"] = Text(now + PickUpWithin(priority)) } };
        return (SourceIds.Of("record", "referral", id), task);
    }

    /// <summary>How long a referral may wait to be picked up: two days, urgent one, as soon as possible four hours, at once one hour.</summary>
    public static TimeSpan PickUpWithin(string priority) => priority switch
    {
        "stat" => TimeSpan.FromHours(1),
        "asap" => TimeSpan.FromHours(4),
        "urgent" => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(2),
    };

    /// <summary>The receiver takes it on.</summary>
    public static Result<JsonObject> Accept(JsonObject task, DateTimeOffset now)
    {
        if (Refusal(task) is { } error) return error;
        var accepted = task.DeepClone().AsObject();
        accepted["status"] = "accepted";
        accepted["lastModified"] = Text(now);
        return accepted;
    }

    /// <summary>The receiver sends it back: the task is rejected, and a task opens at the sender.</summary>
    public static Result<(JsonObject Rejected, string Id, JsonObject AtSender)> Reject(string id, JsonObject task, string? reason, DateTimeOffset now)
    {
        if (Refusal(task) is { } error) return error;
        if (string.IsNullOrWhiteSpace(reason)) return ReferralErrors.ReasonMissing;
        var rejected = TaskStates.End(task, "rejected", reason.Trim(), now);
        var back = new JsonObject { ["resourceType"] = "Task" };
        if (task["meta"]?["tag"] is { } tags) back["meta"] = new JsonObject { ["tag"] = tags.DeepClone() };
        back["partOf"] = new JsonArray(new JsonObject { ["reference"] = $"Task/{id}" });
        back["status"] = "requested";
        back["intent"] = "order";
        if (task["priority"] is { } priority) back["priority"] = priority.DeepClone();
        back["code"] = TaskCodes.Concept(TaskCodes.ReferralRejected);
        back["description"] = $"Referral sent back: {reason.Trim()}";
        back["focus"] = task["focus"]?.DeepClone();
        back["for"] = task["for"]?.DeepClone();
        back["authoredOn"] = Text(now);
        back["requester"] = task["owner"]?.DeepClone();
        if (task["requester"] is { } sender) back["owner"] = sender.DeepClone();
        back["restriction"] = new JsonObject { ["period"] = new JsonObject { ["end"] = Text(now + PickUpWithin(task["priority"]?.GetValue<string>() ?? "routine")) } };
        return (rejected, SourceIds.Of("record", "referral-rejected", id), back);
    }

    /// <summary>The task that an unanswered referral adds at the receiver.</summary>
    public static (string Id, JsonObject Task) Escalate(string id, JsonObject task, DateTimeOffset now)
    {
        var escalation = new JsonObject { ["resourceType"] = "Task" };
        if (task["meta"]?["tag"] is { } tags) escalation["meta"] = new JsonObject { ["tag"] = tags.DeepClone() };
        escalation["partOf"] = new JsonArray(new JsonObject { ["reference"] = $"Task/{id}" });
        escalation["status"] = "requested";
        escalation["intent"] = "order";
        escalation["priority"] = "urgent";
        escalation["code"] = TaskCodes.Concept(TaskCodes.Escalation);
        escalation["description"] = "Nobody has answered this referral in time";
        escalation["focus"] = task["focus"]?.DeepClone();
        escalation["for"] = task["for"]?.DeepClone();
        escalation["authoredOn"] = Text(now);
        if (task["requester"] is { } sender) escalation["requester"] = sender.DeepClone();
        escalation["owner"] = task["owner"]?.DeepClone();
        return (SourceIds.Of("record", "escalation", id), escalation);
    }

    private static RecordError? Refusal(JsonObject task) =>
        TaskStates.Code(task) != TaskCodes.Referral ? ReferralErrors.NotAReferral
        : TaskStates.Status(task) switch
        {
            "requested" or "received" => null,
            "accepted" or "in-progress" => ReferralErrors.AlreadyAccepted,
            "rejected" => ReferralErrors.AlreadyRejected,
            _ => TaskErrors.AlreadyOver,
        };

    private static string Title(JsonObject request) =>
        request["code"]?["text"]?.GetValue<string>() ?? request["code"]?["coding"]?[0]?["display"]?.GetValue<string>()
        ?? (request["reasonCode"] as JsonArray)?.FirstOrDefault()?["text"]?.GetValue<string>() ?? "Referral";

    private static string? Organisation(JsonNode? performer) =>
        performer?["reference"]?.GetValue<string>() is { } reference && reference.StartsWith("Organization/", StringComparison.Ordinal) ? reference[13..] : null;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;

namespace Record.Core.Tasks;

/// <summary>What a Task of ours is about.</summary>
public static class TaskCodes
{
    /// <summary>An open pathway clock.</summary>
    public const string FollowUp = "pathway-follow-up";

    /// <summary>A referral that waits for its receiver.</summary>
    public const string Referral = "referral";

    /// <summary>A referral that came back.</summary>
    public const string ReferralRejected = "referral-rejected";

    /// <summary>Something that nobody picked up in time.</summary>
    public const string Escalation = "escalation";

    /// <summary>The code system of the above.</summary>
    public const string System = "https://fhir.mse-epr.nhs.uk/CodeSystem/task";

    /// <summary>A code as a CodeableConcept.</summary>
    public static JsonObject Concept(string code) => Systems.Concept(System, code);
}

/// <summary>The state machine of a FHIR Task, as pure functions. https://hl7.org/fhir/R4/task.html#statemachine</summary>
public static class TaskStates
{
    /// <summary>What it is about; null if it is not one of ours.</summary>
    public static string? Code(JsonObject task) => (task["code"]?["coding"] as JsonArray)?
        .FirstOrDefault(coding => coding?["system"]?.GetValue<string>() == TaskCodes.System)?["code"]?.GetValue<string>();

    /// <summary>FHIR status.</summary>
    public static string Status(JsonObject task) => task["status"]?.GetValue<string>() ?? "unknown";

    /// <summary>Whether nothing more happens to it.</summary>
    public static bool IsOver(JsonObject task) => Status(task) is "completed" or "rejected" or "cancelled" or "failed" or "entered-in-error";

    /// <summary>Organization id of its owner.</summary>
    public static string? Owner(JsonObject task) => task["owner"]?["reference"]?.GetValue<string>()?.Split('/')[^1];

    /// <summary>The task ended, with the sentence why.</summary>
    public static JsonObject End(JsonObject task, string status, string reason, DateTimeOffset at)
    {
        var ended = task.DeepClone().AsObject();
        ended["status"] = status;
        ended["statusReason"] = new JsonObject { ["text"] = reason };
        ended["lastModified"] = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        ended["executionPeriod"] = new JsonObject { ["end"] = ended["lastModified"]!.GetValue<string>() };
        return ended;
    }

    /// <summary>Completes a task by hand.</summary>
    public static Result<JsonObject> Complete(JsonObject task, string? note, DateTimeOffset at) =>
        IsOver(task) ? TaskErrors.AlreadyOver
        : Code(task) == TaskCodes.Referral ? TaskErrors.AnswerReferral
        : End(task, "completed", string.IsNullOrWhiteSpace(note) ? "Completed by hand." : note.Trim(), at);

    /// <summary>The mark of invented people.</summary>
    internal static JsonObject SimulatedMeta() => new() { ["tag"] = new JsonArray(new JsonObject { ["system"] = Systems.Origin, ["code"] = "simulated" }) };
}

/// <summary>What can go wrong with a task.</summary>
public static class TaskErrors
{
    /// <summary>It has been ended.</summary>
    public static RecordError AlreadyOver { get; } = new(ErrorKind.Conflict, "task.already-over", "This task has already been ended.");

    /// <summary>A referral is accepted or rejected.</summary>
    public static RecordError AnswerReferral { get; } = new(ErrorKind.Conflict, "task.answer-referral", "A referral is accepted or rejected, not completed.");

    /// <summary>It is another team's.</summary>
    public static RecordError NotYours { get; } = new(ErrorKind.Forbidden, "task.not-yours", "This belongs to a team that you are not in.");

    /// <summary>No such task.</summary>
    public static RecordError NotFound { get; } = new(ErrorKind.NotFound, "task.not-found", "There is no such task.");
}

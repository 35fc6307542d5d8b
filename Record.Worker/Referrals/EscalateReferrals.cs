using Hangfire;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Referrals;
using Record.Core.Tasks;
using Record.Core.Worklists;

namespace Record.Worker.Referrals;

/// <summary>Adds an escalation where nobody has answered a referral in time. Nothing is taken away; once for each referral.</summary>
[DisableConcurrentExecution(60)]
public sealed partial class EscalateReferrals(ResourceStore store, WorklistStore worklists, TimeProvider clock, ILogger<EscalateReferrals> logger)
{
    /// <summary>Escalates what is late now.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        var access = Access.OfService("record-worker/escalation");
        foreach (var id in await worklists.LateReferrals(access, clock.GetUtcNow(), 100, cancellation))
            if (await Escalate(access, id, cancellation)) LogEscalated(id);
    }

    private async Task<bool> Escalate(Access access, string id, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, "escalation", cancellation);
        if (await transaction.Find("Task", id, cancellation) is not { Deleted: false } task || task.Json() is var json && TaskStates.Status(json) is not ("requested" or "received")) return false;
        var (escalation, added) = ReferralTask.Escalate(id, json, clock.GetUtcNow());
        if (await transaction.Find("Task", escalation, cancellation) is not null) return false;
        transaction.Put("Task", escalation, added, 0);
        return (await transaction.Commit(cancellation)).IsSuccess;
    }

    [LoggerMessage(4102, LogLevel.Information, "Escalated referral task {TaskId}")]
    private partial void LogEscalated(string taskId);
}

using Record.Core.ChangeLog;
using Record.Core.Fhir;

namespace Record.Core.Referrals;

/// <summary>The referrals consumer: gives each ServiceRequest that is sent to an organisation its coordinating Task, once.</summary>
public sealed class CoordinateReferrals(TimeProvider clock)
{
    /// <summary>Name of the consumer and cause of its writes.</summary>
    public const string Name = "referrals";

    /// <summary>Handles a batch of changes.</summary>
    public async Task Handle(IReadOnlyList<Change> changes, RecordTransaction transaction, CancellationToken cancellation)
    {
        foreach (var id in changes.Where(change => change.Type == "ServiceRequest").Select(change => change.Id).Distinct())
        {
            if (await transaction.Find("ServiceRequest", id, cancellation) is not { Deleted: false } request) continue;
            if (ReferralTask.Of(id, request.Json(), clock.GetUtcNow()) is not { } made) continue;
            if (await transaction.Find("Task", made.Id, cancellation) is null) transaction.Put("Task", made.Id, made.Task);
        }
    }
}

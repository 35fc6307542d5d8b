using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Record.Core.Feeds;
using Record.Core.Referrals;
using Record.Core.Tasks;
using Record.Core.Worklists;
using Record.Worker.Referrals;
using Xunit;

namespace Record.Tests.Referrals;

/// <summary>A hand-off is not complete until the receiver accepts: DESIGN section 7.</summary>
public class ReferralTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private async Task<string> Refer(string local, string nhsNumber)
    {
        await feeds.Send(feeds.Adt("basildon-pas", "A01", "20260104101500", local, nhsNumber, FeedRecord.Stay("AMU", "V" + local)));
        await feeds.Settle();
        var request = $$"""
            {"resourceType":"ServiceRequest","status":"active","intent":"order","priority":"urgent","code":{"text":"Low mood after a fall"},
             "subject":{"reference":"Patient/{{SourceIds.Of("basildon-pas", "Patient", local)}}"},
             "requester":{"reference":"Organization/RAJ-AMU-BAS"},"performer":[{"reference":"Organization/R1L-LIAISON-BAS"}]}
            """;
        await feeds.Record.Put("ServiceRequest", $"sr-{local}", request);
        await feeds.Settle();
        return SourceIds.Of("record", "referral", $"sr-{local}");
    }

    private async Task<JsonObject> TaskOf(string id)
    {
        Assert.True((await feeds.Record.Store.Read(feeds.Record.System, "Task", id, CancellationToken.None)).TryGet(out var task, out _));
        return task.Json();
    }

    private EscalateReferrals Escalation => new(feeds.Record.Store, new WorklistStore(feeds.Record.Source, feeds.Record.Audit), feeds.Record.Clock, NullLogger<EscalateReferrals>.Instance);

    [Fact]
    public async Task A_referral_written_as_FHIR_stands_on_the_receivers_worklist_once()
    {
        var id = await Refer("R1", "9990000166");
        await feeds.Settle();

        var worklist = await feeds.Worklist.Of(feeds.Record.Clinician with { Teams = ["R1L-LIAISON-BAS"] }, null, CancellationToken.None);

        Assert.True(worklist.TryGet(out var items, out _));
        var item = Assert.Single(items, item => item.Task == id);
        Assert.Equal(("referral", "requested", "Acute medicine Basildon"), (item.Kind, item.Status, item.From));
        Assert.Equal(["accept", "reject"], item.Actions);
    }

    [Fact]
    public async Task Another_team_does_not_see_it()
    {
        var id = await Refer("R2", "9990000174");

        var worklist = await feeds.Worklist.Of(feeds.Record.Clinician with { Teams = ["R1L-CMHT-SOU"] }, null, CancellationToken.None);

        Assert.True(worklist.TryGet(out var items, out _));
        Assert.DoesNotContain(items, item => item.Task == id);
    }

    [Fact]
    public async Task A_rejection_says_why_and_opens_a_task_at_the_sender()
    {
        var task = await TaskOf(await Refer("R3", "9990000182"));

        Assert.Equal(ReferralErrors.ReasonMissing, ReferralTask.Reject("t", task, " ", feeds.Record.Clock.GetUtcNow()).Error());
        Assert.True(ReferralTask.Reject("t", task, "Not our area", feeds.Record.Clock.GetUtcNow()).TryGet(out var made, out _));

        Assert.Equal("rejected", TaskStates.Status(made.Rejected));
        Assert.Equal("RAJ-AMU-BAS", TaskStates.Owner(made.AtSender));
        Assert.Equal("requested", TaskStates.Status(made.AtSender));
    }

    [Fact]
    public async Task What_has_been_answered_cannot_be_answered_again()
    {
        var task = await TaskOf(await Refer("R4", "9990000190"));
        Assert.True(ReferralTask.Accept(task, feeds.Record.Clock.GetUtcNow()).TryGet(out var accepted, out _));

        Assert.Equal(ReferralErrors.AlreadyAccepted, ReferralTask.Accept(accepted, feeds.Record.Clock.GetUtcNow()).Error());
        Assert.Equal(ReferralErrors.AlreadyAccepted, ReferralTask.Reject("t", accepted, "late", feeds.Record.Clock.GetUtcNow()).Error());
    }

    [Fact]
    public async Task What_nobody_picks_up_in_time_is_escalated_once_and_stays_where_it_was()
    {
        var id = await Refer("R5", "9990000204");
        await Escalation.Run(CancellationToken.None);
        var early = await feeds.Record.Database.Scalar($"select count(*) from record.resource where type = 'Task' and id = '{SourceIds.Of("record", "escalation", id)}'");

        feeds.Record.Clock.Advance(TimeSpan.FromHours(25));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Escalation.Run(CancellationToken.None)));
        await Escalation.Run(CancellationToken.None);

        Assert.Equal(0L, early);
        var escalation = await TaskOf(SourceIds.Of("record", "escalation", id));
        Assert.Equal(("requested", "R1L-LIAISON-BAS"), (TaskStates.Status(escalation), TaskStates.Owner(escalation)));
        Assert.Equal("requested", TaskStates.Status(await TaskOf(id)));
        Assert.Equal(1L, await feeds.Record.Database.Scalar($"select version::bigint from record.resource where id = '{SourceIds.Of("record", "escalation", id)}'"));
    }
}

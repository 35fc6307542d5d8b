using Record.Core;
using Record.Core.Feeds;
using Record.Core.Journeys;
using Xunit;

namespace Record.Tests.Pathways;

/// <summary>From a discharge to a closed clock: DOMAIN rule 8, DESIGN sections 7 and 8.</summary>
public class FollowUpTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private Access Nurse => feeds.Record.Clinician with { Teams = ["R1L-CMHT-BAS"] };

    private async Task Discharge(string local, string nhsNumber, string discharged)
    {
        await feeds.Send(feeds.Adt("mh-inpatients", "A01", "20251220090000", local, nhsNumber, FeedRecord.Stay("CEDAR", "S" + local)));
        await feeds.Send(feeds.Adt("mh-inpatients", "A03", discharged, local, nhsNumber, FeedRecord.Stay("CEDAR", "S" + local, "19", discharged)));
    }

    private async Task<Journey> JourneyOf(string source, string local)
    {
        var patient = SourceIds.Of(source, "Patient", local);
        var link = Assert.Single(await feeds.Record.Links.PersonsOf(Nurse, [patient], CancellationToken.None));
        Assert.True((await feeds.Journeys.Of(Nurse, link.Person, CancellationToken.None)).TryGet(out var journey, out _));
        return journey;
    }

    [Fact]
    public async Task An_open_clock_stands_on_the_teams_worklist_and_the_contact_closes_it()
    {
        await Discharge("M1", "9990000107", "20260104100000");
        await feeds.Settle();
        var before = await JourneyOf("mh-inpatients", "M1");

        await feeds.Send(feeds.Adt("mh-community", "A04", "20260105083000", "C1", "9990000107", FeedRecord.Contact("CMHT-BAS", "K1", "20260105083000")));
        await feeds.Settle();
        var after = await JourneyOf("mh-inpatients", "M1");

        Assert.Equal(["not-due", "not-due"], before.Clocks.Select(clock => clock.Outcome));
        var task = Assert.Single(before.Tasks);
        Assert.Equal(("requested", "Community mental health team Basildon", new DateTimeOffset(2026, 1, 7, 10, 0, 0, TimeSpan.Zero)), (task.Status, task.Team, task.Due!.Value));
        Assert.Equal(["met", "met"], after.Clocks.Select(clock => clock.Outcome));
        Assert.Equal("completed", Assert.Single(after.Tasks).Status);
        Assert.Equal(2, after.Records.Count);
        Assert.Equal(["mental-health"], after.Timeline.Select(item => item.Setting).Distinct());
    }

    [Fact]
    public async Task The_same_day_counts_for_72_hours_but_not_for_calendar_days()
    {
        await Discharge("M2", "9990000115", "20260104100000");
        await feeds.Send(feeds.Adt("mh-community", "A04", "20260104150000", "C2", "9990000115", FeedRecord.Contact("CMHT-BAS", "K2", "20260104150000")));

        await feeds.Settle();

        var clocks = (await JourneyOf("mh-inpatients", "M2")).Clocks.ToDictionary(clock => clock.Reading, clock => clock.Outcome);
        Assert.Equal(("not-due", "met"), (clocks["calendar-days"], clocks["elapsed-hours"]));
    }

    [Theory]
    [InlineData("7", "01")]
    [InlineData("5", "09")]
    public async Task A_contact_that_did_not_take_place_or_was_a_text_message_closes_nothing(string attendance, string mechanism)
    {
        var (local, nhsNumber) = attendance == "7" ? ("M3", "9990000123") : ("M4", "9990000131");
        await Discharge(local, nhsNumber, "20260104100000");
        await feeds.Send(feeds.Adt("mh-community", "A04", "20260105083000", "C" + local, nhsNumber, FeedRecord.Contact("CMHT-BAS", "K" + local, "20260105083000", attendance, mechanism)));

        await feeds.Settle();

        Assert.All((await JourneyOf("mh-inpatients", local)).Clocks, clock => Assert.Equal("not-due", clock.Outcome));
    }

    [Fact]
    public async Task A_cancelled_discharge_takes_the_clock_and_its_task_away()
    {
        await Discharge("M5", "9990000220", "20260104100000");
        await feeds.Settle();
        await feeds.Send(feeds.Adt("mh-inpatients", "A13", "20260104110000", "M5", "9990000220", FeedRecord.Stay("CEDAR", "SM5")));

        await feeds.Settle();

        var journey = await JourneyOf("mh-inpatients", "M5");
        Assert.Empty(journey.Clocks);
        Assert.Equal("cancelled", Assert.Single(journey.Tasks).Status);
        Assert.Equal("Cedar ward", journey.WhereNow!.Place);
    }
}

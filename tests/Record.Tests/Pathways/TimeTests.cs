using Record.Core;
using Record.Core.Feeds;
using Record.Core.Journeys;
using Xunit;

namespace Record.Tests.Pathways;

/// <summary>Clocks that nothing but time moves: DOMAIN rule 8, DESIGN sections 7 and 8.</summary>
public class TimeTests(FeedRecord feeds) : IClassFixture<FeedRecord>
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
    public async Task Time_alone_makes_a_clock_at_risk_and_then_breached_and_the_worklist_says_so()
    {
        await Discharge("M6", "9990000158", "20260104100000");
        await feeds.Settle();

        feeds.Record.Clock.Advance(TimeSpan.FromHours(30));
        await feeds.Pathways.EvaluateDue(CancellationToken.None);
        var risky = await JourneyOf("mh-inpatients", "M6");
        feeds.Record.Clock.Advance(TimeSpan.FromHours(48));
        await feeds.Pathways.EvaluateDue(CancellationToken.None);
        var breached = await JourneyOf("mh-inpatients", "M6");
        var worklist = await feeds.Worklist.Of(Nurse, "R1L-CMHT-BAS", CancellationToken.None);

        Assert.Equal(["not-due", "at-risk"], risky.Clocks.OrderBy(c => c.Reading, StringComparer.Ordinal).Select(c => c.Outcome));
        Assert.Equal(["breached-open", "breached-open"], breached.Clocks.Select(c => c.Outcome));
        Assert.True(worklist.TryGet(out var items, out _));
        Assert.Equal("breached-open", Assert.Single(items, item => item.NhsNumber == "9990000158").Outcome);
    }
}

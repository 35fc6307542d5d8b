using System.Text;
using Record.Core;
using Record.Core.Feeds;
using Record.Core.Organisations;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>What cannot be mapped waits, is seen by its controller's feed manager, mended beside the original, and replayed.</summary>
public class FeedQueueTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private const string Source = "basildon-pas";

    private static Access Manager(string organisation) => new("tester", Roles.FeedManager, organisation, "TREAT", "test", Guid.CreateVersion7());

    private Npgsql.NpgsqlDataSource Api() => Npgsql.NpgsqlDataSource.Create(feeds.Record.Database.As("record_api"));

    private FeedQueueStore Queue(Npgsql.NpgsqlDataSource database) => new(database, feeds.System, feeds.Door, feeds.Record.Audit, feeds.Record.Clock);

    private async Task<long> Wait(string control, string place = "MYSTERY")
    {
        await feeds.Send(feeds.Adt(Source, "A01", "20260104101500", $"Q-{control}", "9990000018", FeedRecord.Stay(place, $"QV-{control}"), control: control));
        await feeds.Settle();
        return (long)(await feeds.Record.Database.Scalar($"select id from record.message where control_id = '{control}'"))!;
    }

    [Fact]
    public async Task A_message_that_waits_is_mended_beside_the_original_and_mapped()
    {
        var id = await Wait("mend-1");
        await using var database = Api();
        var queue = Queue(database);
        Assert.True((await queue.One(Manager("RAJ"), Source, id, CancellationToken.None)).TryGet(out var message, out _));
        Assert.Equal("PV1-3", message.Place);

        var mended = await queue.Mend(Manager("RAJ"), Source, id, message.Text.Replace("MYSTERY", "AMU", StringComparison.Ordinal), CancellationToken.None);
        await feeds.Settle();

        Assert.True(mended.TryGet(out var version, out _));
        Assert.Equal(1, version);
        Assert.Equal("mapped", await feeds.Record.Database.Scalar($"select state from record.message where id = {id}"));
        Assert.Contains("MYSTERY", Encoding.UTF8.GetString((byte[])(await feeds.Record.Database.Scalar($"select body from record.message where id = {id}"))!), StringComparison.Ordinal);
        Assert.True((await feeds.Record.Store.Read(feeds.Record.Machine, "Encounter", SourceIds.Of(Source, "Encounter", "QV-mend-1"), CancellationToken.None)).IsSuccess);
        Assert.True((await queue.One(Manager("RAJ"), Source, id, CancellationToken.None)).TryGet(out message, out _));
        Assert.Equal("tester", Assert.Single(message.Mends).By);
        Assert.Contains("MYSTERY", message.Received, StringComparison.Ordinal);
        Assert.True((long)(await feeds.Record.Database.Scalar($"select count(*) from record.audit where interaction in ('feed-message', 'feed-mend') and resource_id = '{Source}/{id}'"))! >= 3);
    }

    [Theory]
    [InlineData("|mend-2|", "|another|", "MSH-10")]
    [InlineData("|basildon-pas|RAJ|", "|southend-pas|RAJ|", "PID-3")]
    [InlineData("PID|", "ZZZ|", "PID")]
    public async Task A_mend_that_would_not_be_taken_is_refused_with_the_place_and_changes_nothing(string good, string bad, string place)
    {
        var id = await Wait("mend-2");
        await using var database = Api();
        Assert.True((await Queue(database).One(Manager("RAJ"), Source, id, CancellationToken.None)).TryGet(out var message, out _));

        var mended = await Queue(database).Mend(Manager("RAJ"), Source, id, message.Text.Replace(good, bad, StringComparison.Ordinal), CancellationToken.None);

        Assert.False(mended.TryGet(out _, out var error));
        Assert.Equal("feed.still-wrong", error.Code);
        Assert.Contains(place, error.Detail, StringComparison.Ordinal);
        Assert.Equal(0L, await feeds.Record.Database.Scalar($"select count(*) from record.message_mend where message = {id}"));
    }

    [Fact]
    public async Task A_refused_message_is_mended_too_unless_its_sender_has_sent_it_again()
    {
        var good = feeds.Adt(Source, "A28", "20260104101500", "REF1", "9990000018", "", control: "refused-mend");
        await feeds.Send(good.Replace("EVN|A28|20260104101500||||20260104101500", "EVN|A28|soon||||soon", StringComparison.Ordinal));
        var id = (long)(await feeds.Record.Database.Scalar("select id from record.message where control_id = 'refused-mend'"))!;
        await using var database = Api();

        var mended = await Queue(database).Mend(Manager("RAJ"), Source, id, good, CancellationToken.None);
        await feeds.Settle();

        Assert.True(mended.IsSuccess);
        Assert.True((await feeds.Record.Store.Read(feeds.Record.Machine, "Patient", SourceIds.Of(Source, "Patient", "REF1"), CancellationToken.None)).IsSuccess);
    }

    [Fact]
    public async Task A_range_is_replayed_and_nothing_is_doubled()
    {
        await Wait("range-1", "AMU");
        var before = await feeds.Record.Database.Scalar("select sum(version) from record.resource where type in ('Patient', 'Encounter')");
        await using var database = Api();
        var now = feeds.Record.Clock.GetUtcNow();

        var replayed = await Queue(database).Replay(Manager("RAJ"), Source, null, now.AddHours(-1), now.AddHours(1), true, CancellationToken.None);
        var none = await Queue(database).Replay(Manager("RAJ"), Source, null, now.AddHours(1), null, true, CancellationToken.None);
        await feeds.Settle();

        Assert.True(replayed.TryGet(out var count, out _));
        Assert.True(count > 0);
        Assert.True(none.TryGet(out count, out _));
        Assert.Equal(0, count);
        Assert.Equal(before, await feeds.Record.Database.Scalar("select sum(version) from record.resource where type in ('Patient', 'Encounter')"));
    }

    [Fact]
    public async Task A_message_of_a_sender_that_is_not_configured_is_seen_and_goes_to_its_source_once_that_is()
    {
        await using var database = Api();
        var from = feeds.Record.Clock.GetUtcNow();
        string Stranger(string control) => feeds.Adt(Source, "A28", "20260104101500", $"STR-{control}", "", "", control: control).Replace($"|{Source}|RAJ|", "|newcomer|RXX|", StringComparison.Ordinal);
        foreach (var control in (string[])["str-1", "str-2", "str-3"]) await feeds.Send(Stranger(control));
        Assert.True((await new FeedStore(database, feeds.System, feeds.Record.Clock).All(Manager("RAJ"), CancellationToken.None)).TryGet(out var all, out _));
        Assert.True((await Queue(database).Messages(Manager("RAJ"), "unknown", "refused", 0, CancellationToken.None)).TryGet(out var seen, out _));
        var mine = seen.Where(row => row.ControlId.StartsWith("str-", StringComparison.Ordinal)).ToList();
        Assert.Equal((3, true), (mine.Count, all.Any(feed => feed is { Source: "unknown", Refused: >= 3 })));
        Assert.StartsWith("MSH-3:", mine[0].Reason, StringComparison.Ordinal);
        Assert.False((await Queue(database).Messages(Manager("R1L"), "unknown", null, 0, CancellationToken.None)).IsSuccess);

        // Mended by hand: it says a sender that is known.
        Assert.True((await Queue(database).One(Manager("RAJ"), "unknown", mine[0].Id, CancellationToken.None)).TryGet(out var read, out _));
        var mended = await Queue(database).Mend(Manager("RAJ"), "unknown", mine[0].Id, read.Text.Replace("|newcomer|RXX|", $"|{Source}|RAJ|", StringComparison.Ordinal), CancellationToken.None);
        // Still unknown: it stays. Then a file is added to the configuration, and the rest is replayed.
        var still = await Queue(database).Replay(Manager("RAJ"), "unknown", mine[1].Id, null, null, false, CancellationToken.None);
        var newcomer = new SourceSystem { Code = "newcomer", Name = "Newcomer", Organisation = "RAJ", Setting = "acute", Protocol = "hl7v2", IdentifierSystem = "https://example.org/Id/newcomer", SendingApplication = "newcomer", SendingFacility = "RXX", AssigningAuthority = Source };
        var known = new CareSystem(feeds.System.Organisations, [.. feeds.System.Sources, newcomer]);
        var replayed = await new FeedQueueStore(database, known, new Record.Core.Feeds.V2.V2Door(known), feeds.Record.Audit, feeds.Record.Clock).Replay(Manager("RAJ"), "unknown", null, from, null, false, CancellationToken.None);

        Assert.True(mended.IsSuccess);
        Assert.Equal(FeedErrors.StillUnknown.Code, still.Error().Code);
        Assert.True(replayed.TryGet(out var given, out _));
        Assert.Equal(2, given);
        Assert.Equal((Source, "newcomer"), ((string)(await feeds.Record.Database.Scalar("select source from record.message where control_id = 'str-1'"))!, (string)(await feeds.Record.Database.Scalar("select source from record.message where control_id = 'str-2'"))!));
        await new Record.Core.Feeds.Mapping.MapMessages(feeds.Record.Store, known, feeds.Record.Clock).Step(200, CancellationToken.None);
        Assert.Equal(3L, await feeds.Record.Database.Scalar("select count(*) from record.message where control_id like 'str-%' and state = 'mapped'"));
        Assert.Equal(2L, await feeds.Record.Database.Scalar("select received from record.message_count where source = 'newcomer'"));
        Assert.Equal(await feeds.Record.Database.Scalar("select count(*) from record.message where source = 'unknown'"), await feeds.Record.Database.Scalar("select received from record.message_count where source = 'unknown'"));
    }

    [Fact]
    public async Task Each_controller_sees_its_own_feeds_and_the_host_all()
    {
        var id = await Wait("whose");
        await using var database = Api();
        var store = new FeedStore(database, feeds.System, feeds.Record.Clock);

        var host = await store.All(Manager("RAJ"), CancellationToken.None);
        var other = await store.All(Manager("R1L"), CancellationToken.None);
        var nurse = await store.All(feeds.Record.Clinician, CancellationToken.None);
        var denied = await Queue(database).One(Manager("R1L"), Source, id, CancellationToken.None);

        Assert.True(host.TryGet(out var all, out _));
        Assert.Equal(feeds.System.Sources.Select(source => source.Code), all.Select(feed => feed.Source).Where(source => source != "unknown"));
        Assert.True(other.TryGet(out var own, out _));
        Assert.All(own, feed => Assert.Equal("R1L", feed.Organisation));
        Assert.Equal(feeds.System.Sources.Count(s => s.Organisation == "R1L"), own.Count);
        Assert.False(nurse.IsSuccess);
        Assert.False(denied.TryGet(out _, out var error));
        Assert.Equal(ErrorKind.Forbidden, error.Kind);
    }

    [Fact]
    public async Task What_a_feed_is_said_to_have_received_mapped_and_refused_is_what_its_messages_are()
    {
        await using var database = Api();
        var sent = Enumerable.Range(0, 30).Select(i => feeds.Adt("mh-inpatients", "A28", $"202601041{i % 10}1500", $"CNT-{i}", "", "")).ToList();
        sent.AddRange([.. sent.Take(7), feeds.Adt("mh-inpatients", "A99", "20260104101500", "CNT", "", "")]); // duplicates; a trigger that is not taken
        await Task.WhenAll(sent.Select(feeds.Send));
        await feeds.Settle();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => feeds.Send(feeds.Adt("mh-inpatients", "A28", "20260104201500", $"CNT-{i}", "", ""))));

        var stood = await new FeedStore(database, feeds.System, feeds.Record.Clock).One(Manager("RAJ"), "mh-inpatients", CancellationToken.None);

        Assert.True(stood.TryGet(out var feed, out _));
        Assert.Equal((36L, 30L, 0L, 1L, 5L), (feed.Received, feed.Mapped, feed.Waiting, feed.Refused, feed.Backlog));
        Assert.Equal(36L, await feeds.Record.Database.Scalar("select count(*) from record.message where source = 'mh-inpatients'"));
        Assert.Equal(new DateTimeOffset(2026, 1, 4, 20, 15, 0, TimeSpan.Zero), feed.LastEventAt);
    }

    [Fact]
    public async Task A_feed_that_is_silent_against_its_usual_hours_is_one_that_we_cannot_see()
    {
        await using var database = Api();
        var store = new FeedStore(database, feeds.System, feeds.Record.Clock);
        var now = feeds.Record.Clock.GetUtcNow();
        var arrivals = new List<Arrival>();
        void Received(string source, DateTimeOffset at) => arrivals.Add(new(source, Guid.NewGuid().ToString(), "A01", at, new byte[] { 0 }) { Refusal = "test" });
        foreach (var week in (int[])[7, 14, 21, 28])
            for (var i = 0; i < 40; i++) // busy in these two hours every week; the other only at night
            {
                Received("southend-pas", now.AddDays(-week).AddMinutes(-3 * i));
                Received("broomfield-pas", now.AddDays(-week).AddHours(-9).AddMinutes(-i));
            }

        foreach (var source in (string[])["southend-pas", "broomfield-pas"])
        {
            Received(source, now.AddDays(-35));
            Received(source, now.AddHours(-2));
        }

        await new MessageStore(database).Receive(feeds.Record.System, arrivals, CancellationToken.None);

        Assert.True((await store.One(Manager("RAJ"), "southend-pas", CancellationToken.None)).TryGet(out var silent, out _));
        Assert.True((await store.One(Manager("RAJ"), "broomfield-pas", CancellationToken.None)).TryGet(out var quiet, out _));
        Assert.Equal(now.AddHours(-2), silent.Silence!.Since);
        Assert.InRange(silent.Silence.Expected!.Value, 30, 45);
        Assert.Null(quiet.Silence);
        Assert.Equal(["1h", "24h", "30d"], silent.Windows.Select(window => window.Name));
        Assert.Equal([0L, 1L, 161L], silent.Windows.Select(window => window.Received));
    }

    [Fact]
    public async Task A_dry_run_shows_answer_FHIR_ignored_fields_and_link_and_stores_nothing()
    {
        await feeds.Send(feeds.Adt(Source, "A28", "20260104101500", "DRY-0", "9990000107", ""));
        await feeds.Settle();
        var message = feeds.Adt("southend-pas", "A01", "20260104101500", "DRY-1", "9990000107", FeedRecord.Stay("NOWHERE", "DRYV") + "\nIN1|1|insurance").ReplaceLineEndings("\r");
        string Counts() => "select (select count(*) from record.message) || ' ' || (select count(*) from record.resource) || ' ' || (select count(*) from record.link) || ' ' || (select count(*) from record.change)";
        var before = await feeds.Record.Database.Scalar(Counts());

        var tried = await new DryRun(feeds.Door, feeds.System, feeds.Record.Clock).Try(Manager("RAJ"), Encoding.UTF8.GetBytes(message), feeds.Record.Store, CancellationToken.None);

        Assert.True(tried.TryGet(out var result, out _));
        Assert.Contains("MSA|CA|", result.Acknowledgement, StringComparison.Ordinal);
        Assert.StartsWith("PV1-3:", Assert.Single(result.Faults), StringComparison.Ordinal);
        Assert.Contains(result.Resources, json => json.Contains("\"resourceType\": \"Patient\"", StringComparison.Ordinal));
        Assert.Contains(result.Ignored, field => field.Field == "IN1");
        Assert.Contains("linked to a person with 1 other record", result.Link, StringComparison.Ordinal);
        Assert.Equal(before, await feeds.Record.Database.Scalar(Counts()));
    }
}

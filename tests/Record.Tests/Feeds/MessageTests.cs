using Record.Core.Feeds;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Durable first, then acknowledged; nothing is lost, doubled or half written: DESIGN section 6.</summary>
public class MessageTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private async Task<long> Count(string where) => (long)(await feeds.Record.Database.Scalar($"select count(*) from record.message where {where}"))!;

    [Fact]
    public async Task A_message_is_stored_verbatim_and_then_accepted()
    {
        var message = feeds.Adt("basildon-pas", "A01", "20260104101500", "B1", "9990000018", FeedRecord.Stay("AMU", "V1"), control: "verbatim");

        var (receipt, ack) = await feeds.Send(message);

        Assert.Equal(new Receipt(null, false, false), receipt);
        Assert.Contains("MSA|CA|verbatim\r", ack, StringComparison.Ordinal);
        Assert.Equal(message.ReplaceLineEndings("\r"), await feeds.Record.Database.Scalar("select convert_from(body, 'UTF8') from record.message where control_id = 'verbatim'"));
    }

    [Fact]
    public async Task The_same_bytes_again_get_the_same_answer_and_are_stored_once()
    {
        var message = feeds.Adt("basildon-pas", "A01", "20260104101500", "B2", "9990000026", FeedRecord.Stay("AMU", "V2"), control: "twice");
        await feeds.Send(message);

        var (receipt, ack) = await feeds.Send(message);

        Assert.True(receipt.Duplicate);
        Assert.Contains("MSA|CA|twice", ack, StringComparison.Ordinal);
        Assert.Equal(1, await Count("control_id = 'twice'"));
    }

    [Fact]
    public async Task Two_at_once_with_the_same_bytes_are_stored_once()
    {
        var message = feeds.Adt("basildon-pas", "A01", "20260104101500", "B3", "9990000034", FeedRecord.Stay("AMU", "V3"), control: "at-once");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => feeds.Send(message)));

        Assert.All(answers, answer => Assert.Contains("MSA|CA|at-once", answer.Ack, StringComparison.Ordinal));
        Assert.Equal(1, await Count("control_id = 'at-once'"));
    }

    [Fact]
    public async Task Other_bytes_under_a_used_control_id_are_an_error_and_are_kept_as_refused()
    {
        await feeds.Send(feeds.Adt("basildon-pas", "A01", "20260104101500", "B4", "9990000042", FeedRecord.Stay("AMU", "V4"), control: "reused"));

        var (_, ack) = await feeds.Send(feeds.Adt("basildon-pas", "A01", "20260104101501", "B4", "9990000042", FeedRecord.Stay("AMU", "V4"), control: "reused"));

        Assert.Contains("MSA|CE|reused", ack, StringComparison.Ordinal);
        Assert.Equal(1, await Count("control_id = 'reused' and state = 'refused'"));
    }

    [Theory]
    [InlineData("MSH-9.1", "CR", "ADT^", "RDE^")]
    [InlineData("MSH-9.2", "CR", "ADT^A01", "ADT^A29")]
    [InlineData("MSH-12", "CR", "|P|2.4", "|P|9.9")]
    [InlineData("MSH-3", "CE", "|basildon-pas|RAJ|", "|nobody|RAJ|")]
    [InlineData("PID-3", "CE", "X9^^^basildon-pas^PI~", "")]
    [InlineData("EVN-2", "CE", "EVN|A01|20260104101500||||20260104101500", "EVN|A01|yesterday||||yesterday")]
    public async Task What_cannot_be_taken_is_refused_with_the_place_and_kept(string place, string code, string good, string bad)
    {
        var control = $"refused-{place}";
        var message = feeds.Adt("basildon-pas", "A01", "20260104101500", "X9", "9990000050", FeedRecord.Stay("AMU", "V9"), control: control);

        var (receipt, ack) = await feeds.Send(message.Replace(good, bad, StringComparison.Ordinal));

        Assert.StartsWith(place + ":", receipt.Reason, StringComparison.Ordinal);
        Assert.Contains($"MSA|{code}|{control}|{place}:", ack, StringComparison.Ordinal);
        Assert.Equal(1, await Count($"control_id = '{control}' and state = 'refused'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("MSH")]
    [InlineData("MSH|^~\\&")]
    [InlineData("MSH|^~\\&|basildon-pas|RAJ|||||ADT^A01|\r\0\0PID|")]
    [InlineData("MSH|^~\\&|basildon-pas|RAJ|||20260101||ADT^A01|c\0d|P|2.4\rEVN||20260101\rPID|||a\0b^^^basildon-pas")]
    public async Task Whatever_comes_is_answered_and_kept(string bytes)
    {
        var (receipt, ack) = await feeds.Send(bytes);

        Assert.NotNull(receipt.Reason);
        Assert.Matches("MSA.(AR|AE|CR|CE)", ack);
    }

    [Fact]
    public async Task The_order_of_arrival_makes_no_difference_to_a_visit()
    {
        await feeds.Send(feeds.Adt("basildon-pas", "A03", "20260103120000", "B7", "9990000069", FeedRecord.Stay("LISTER", "V7", "19", "20260103120000")));
        await feeds.Send(feeds.Adt("basildon-pas", "A02", "20260102090000", "B7", "9990000069", FeedRecord.Stay("LISTER", "V7")));
        await feeds.Send(feeds.Adt("basildon-pas", "A01", "20260101080000", "B7", "9990000069", FeedRecord.Stay("AMU", "V7")));

        await feeds.Settle();

        var stay = await feeds.Record.Store.Read(feeds.Record.Machine, "Encounter", SourceIds.Of("basildon-pas", "Encounter", "V7"), CancellationToken.None);
        Assert.True(stay.TryGet(out var encounter, out _));
        var json = encounter.Json();
        Assert.Equal("finished", json["status"]!.GetValue<string>());
        Assert.Equal("2026-01-01T08:00:00+00:00", json["period"]!["start"]!.GetValue<string>());
        Assert.Equal("2026-01-03T12:00:00+00:00", json["period"]!["end"]!.GetValue<string>());
        Assert.Equal(["Acute medical unit", "Lister ward"], json["location"]!.AsArray().Select(l => l!["location"]!["display"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_location_that_is_not_configured_waits_until_it_is_and_hides_nothing_else()
    {
        await feeds.Send(feeds.Adt("basildon-pas", "A01", "20260104101500", "B8", "9990000077", FeedRecord.Stay("MYSTERY", "V8"), control: "mystery"));

        await feeds.Settle();

        Assert.Equal(1, await Count("control_id = 'mystery' and state = 'waiting' and reason like 'PV1-3:%'"));
        Assert.True((await feeds.Record.Store.Read(feeds.Record.Machine, "Patient", SourceIds.Of("basildon-pas", "Patient", "B8"), CancellationToken.None)).IsSuccess);
    }

    [Fact]
    public async Task An_empty_field_leaves_what_was_said_before_and_two_quotes_take_it_away()
    {
        var first = feeds.Adt("basildon-pas", "A01", "20260104101500", "B10", "9990000085", FeedRecord.Stay("AMU", "V10"));
        await feeds.Send(first);
        var second = feeds.Adt("basildon-pas", "A31", "20260105101500", "B10", "9990000085", "");
        await feeds.Send(second.Replace("SMITH^Anna", "", StringComparison.Ordinal).Replace("01632 960999", "\"\"", StringComparison.Ordinal));

        await feeds.Settle();

        var found = await feeds.Record.Store.Read(feeds.Record.Machine, "Patient", SourceIds.Of("basildon-pas", "Patient", "B10"), CancellationToken.None);
        Assert.True(found.TryGet(out var patient, out _));
        Assert.Equal("SMITH", patient.Json()["name"]![0]!["family"]!.GetValue<string>());
        Assert.Null(patient.Json()["telecom"]);
    }

    [Fact]
    public async Task A_merge_points_the_patient_that_ceases_to_the_one_that_stays()
    {
        await feeds.Send(feeds.Adt("basildon-pas", "A28", "20260104101500", "OLD", "9990000093", ""));
        var merge = feeds.Adt("basildon-pas", "A40", "20260105101500", "NEW", "9990000093", "MRG|OLD^^^basildon-pas^PI");
        await feeds.Send(merge);

        await feeds.Settle();

        var found = await feeds.Record.Store.Read(feeds.Record.Machine, "Patient", SourceIds.Of("basildon-pas", "Patient", "OLD"), CancellationToken.None);
        Assert.True(found.TryGet(out var old, out _));
        Assert.False(old.Json()["active"]!.GetValue<bool>());
        Assert.Equal($"Patient/{SourceIds.Of("basildon-pas", "Patient", "NEW")}", old.Json()["link"]![0]!["other"]!["reference"]!.GetValue<string>());
    }
}

using System.Text.Json.Nodes;
using Record.Core.ChangeLog;
using Record.Core.Identity.Evaluation;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>Everybody linked at once gives what one by one gives, goes on where it was stopped, and lets nobody else link meanwhile.</summary>
public sealed class LinkAllTests
{
    [Fact]
    public async Task Everybody_at_once_gives_the_persons_and_questions_that_one_by_one_gives()
    {
        var patients = Invented(700);
        await using var one = await LinkedPopulation.Of(patients);
        await using var all = await LinkedPopulation.Of(patients);

        await one.OneByOne(patients.Keys);
        await all.AtOnce();

        await one.MustEqual(all);
    }

    [Fact]
    public async Task The_consumer_goes_on_after_it_and_hands_nothing_on_twice()
    {
        var patients = Invented(60);
        await using var store = await LinkedPopulation.Of(patients);
        await store.AtOnce();
        var handed = await store.Record.Database.Scalar("select count(*) from record.person_change");
        var first = patients.First();

        await store.Record.Identity().Drain(CancellationToken.None);
        Assert.Equal(handed, await store.Record.Database.Scalar("select count(*) from record.person_change"));
        await store.Record.Put("Patient", "arrives-later", first.Value.ToJsonString());
        await store.Record.Identity().Drain(CancellationToken.None);

        Assert.Equal(1L, await store.Record.Database.Scalar("select count(*) from record.person_change where id = 'arrives-later'"));
        Assert.Equal(1L, await store.Record.Database.Scalar($"select count(distinct person) from record.link where current and patient in ('arrives-later', '{first.Key}')"));
    }

    [Theory]
    [InlineData("entered")]
    [InlineData("blocks")]
    [InlineData("persons")]
    public async Task A_run_that_was_stopped_goes_on_and_meanwhile_nobody_else_links(string stopAfter)
    {
        var patients = Invented(300);
        await using var whole = await LinkedPopulation.Of(patients);
        await using var stopped = await LinkedPopulation.Of(patients);
        await whole.AtOnce();
        await Assert.ThrowsAsync<OperationCanceledException>(() => stopped.All.Run(false, stage => { if (stage.StartsWith(stopAfter, StringComparison.Ordinal)) throw new OperationCanceledException(); }, CancellationToken.None));

        await Assert.ThrowsAsync<ConsumerRefusedException>(() => stopped.Record.Identity().Drain(CancellationToken.None));
        await stopped.AtOnce();

        await whole.MustEqual(stopped, "persons", "questions", "blocks", "stream");
        Assert.Equal(0L, await stopped.Record.Database.Scalar("select count(*) from record.linkage_run where finished_at is null"));
    }

    [Fact]
    public async Task Again_changes_nothing_where_nothing_has_changed_and_keeps_what_stewards_decided()
    {
        var patients = Invented(200);
        await using var store = await LinkedPopulation.Of(patients);
        await store.AtOnce();
        var apart = (string)(await store.Record.Database.Scalar("update record.link_review set state = 'kept-apart' where id = (select id from record.link_review where state = 'open' order by weight desc limit 1) returning first || ' ' || second"))!;
        var before = await store.Text("persons");

        await store.AtOnce(again: true);

        Assert.Equal(before, await store.Text("persons"));
        Assert.Equal("kept-apart", await store.Record.Database.Scalar($"select state from record.link_review where first || ' ' || second = '{apart}'"));
    }

    [Fact]
    public async Task Changes_about_a_patient_who_is_not_there_are_handed_on_for_a_person_of_their_own()
    {
        await using var store = await LinkedPopulation.Of(Invented(0));
        await store.Record.Put("Observation", "of-nobody", """{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/never-sent"} }""");

        await store.AtOnce();

        Assert.Equal(1L, await store.Record.Database.Scalar("select count(*) from record.person_change p join record.link l on l.person = p.person where p.id = 'of-nobody' and l.patient = 'never-sent' and l.method = 'own'"));
    }

    private static Dictionary<string, JsonObject> Invented(int most) =>
        most == 0 ? [] : new InventedRecords(11, 2).Of(most).OrderBy(record => record.Id, StringComparer.Ordinal).ToDictionary(record => record.Id, record => record.Patient);
}

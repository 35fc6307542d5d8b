using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Feeds;
using Record.Core.Feeds.Rebuild;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Stewards;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Raw log and command log replayed into an empty database give an equal record, whatever the original run went through.</summary>
public sealed class RebuildTests : IAsyncLifetime
{
    private readonly FeedRecord original = new(), rebuilt = new();

    public async Task InitializeAsync()
    {
        await original.InitializeAsync();
        await rebuilt.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await original.DisposeAsync();
        await rebuilt.DisposeAsync();
    }

    private async Task Live()
    {
        const string Source = "basildon-pas";
        var dice = new Random(7);
        var messages = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var number = $"99900{i:00000}";
            messages.Add(original.Adt(Source, "A01", $"202601030{i % 10}1500", $"RB{i}", "", FeedRecord.Stay("AMU", $"RBV{i}"), name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
            messages.Add(original.Adt(Source, "A02", $"202601031{i % 10}1500", $"RB{i}", "", FeedRecord.Stay("LISTER", $"RBV{i}"), name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
            if (i % 3 == 0) messages.Add(original.Adt(Source, "A03", $"202601040{i % 10}1500", $"RB{i}", "", FeedRecord.Stay("LISTER", $"RBV{i}", "19"), name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
            if (i % 9 == 0) messages.Add(original.Adt(Source, "A13", $"202601041{i % 10}1500", $"RB{i}", "", FeedRecord.Stay("LISTER", $"RBV{i}"), name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
            if (i % 10 == 1) messages.Add(original.Adt(Source, "A40", "20260105101500", $"RB{i}", "", $"MRG|RB{i - 1}^^^{Source}^PI", name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
            if (i % 5 == 0) messages.Add(original.Adt("mh-community", "A04", $"202601041{i % 10}2500", $"MH{i}", "", FeedRecord.Contact("CMHT-BAS", $"MHV{i}", "20260104112500"), name: $"SMITH^N{number}", born: $"19{50 + i}0201"));
        }

        foreach (var message in messages.OrderBy(_ => dice.Next())) // late and out of order
        {
            original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
            await original.Send(message);
            if (dice.Next(4) == 0) await original.Send(message); // again, as a sender does that was not answered
            if (dice.Next(12) == 0) await original.Settle(); // between them the worker stops and starts
        }

        await original.Send(original.Adt(Source, "A01", "20260104101500", "RBX", "", FeedRecord.Stay("MYSTERY", "RBVX")));
        await original.Settle();
        var patient = SourceIds.Of(Source, "Patient", "RB3");
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        await original.Record.Put("ServiceRequest", "written", $$"""{"resourceType":"ServiceRequest","status":"active","intent":"order","code":{"text":"Assess"},"subject":{"reference":"Patient/{{patient}}"},"performer":[{"reference":"Organization/R1L-CMHT-BAS"}]}""");
        await original.Settle();
        var task = SourceIds.Of("record", "referral", "written");
        Assert.True((await original.Record.Store.Read(original.Record.System, "Task", task, CancellationToken.None)).TryGet(out var made, out _));
        var accepted = made.Json();
        accepted["status"] = "accepted";
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        await original.Record.Put("Task", task, accepted.ToJsonString());
        await original.Settle();
    }

    // A discharge whose contact is late: seen as a gap meanwhile, so that there is a task, which ended by itself. And one that stays open.
    private async Task Noticed()
    {
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var (local, number) in ((string, string)[])[("FU1", "9990002061"), ("FU2", "9990002088")])
        {
            await original.Send(original.Adt("mh-inpatients", "A01", "20251220090000", local, number, FeedRecord.Stay("CEDAR", "S" + local)));
            await original.Send(original.Adt("mh-inpatients", "A03", "20260104100000", local, number, FeedRecord.Stay("CEDAR", "S" + local, "19", "20260104100000")));
        }

        await original.Settle();
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        await original.Send(original.Adt("mh-community", "A04", "20260105083000", "FUC", "9990002061", FeedRecord.Contact("CMHT-BAS", "SFUC", "20260105083000")));
        await original.Settle();
        Assert.Equal("completed requested", await original.Record.Database.Scalar("select string_agg(convert_from(body, 'UTF8')::jsonb ->> 'status', ' ' order by convert_from(body, 'UTF8')::jsonb ->> 'status') from record.resource where type = 'Task' and convert_from(body, 'UTF8') like '%pathway-follow-up%'"));
    }

    // What stewards decide, and take back: twins kept apart, two numbers of one person, a link that was wrong, records that became another's.
    private async Task Decide()
    {
        await using var database = NpgsqlDataSource.Create(original.Record.Database.As("record_api"));
        await using var audit = new AuditLog(database, original.Record.Clock);
        await using var store = new ResourceStore(database, audit, original.Record.Clock);
        var (acts, steward) = (new Stewardship(store, audit, new CurrentRules(new LinkageOptions()), original.Record.Clock), new Access("feed.manager", Roles.FeedManager, "RAJ", "TREAT", "test", Guid.CreateVersion7()));
        await Say("TW1", "QUARRINGTON^Oliver", "20150601");
        await Say("TW2", "QUARRINGTON^Arthur", "20150601");
        await Must(acts.KeepApart(steward, await Question("TW1", "TW2"), "Twins, both seen", default));
        await Say("NC1", "ASHDOWN^Marguerite", "19610405", "9990002002");
        await Say("NC2", "ASHDOWN^Marguerite", "19610405", "9990002010");
        var linked = await Must(acts.Link(steward, await Question("NC1", "NC2"), "The second number was superseded", default));
        await Say("UL1", "PEMBERTON^Clive", "19550101", "9990002029");
        await Say("UL2", "PEMBERTON^Clive", "19550101", "9990002029");
        await Must(acts.Unlink(steward, SourceIds.Of("basildon-pas", "Patient", "UL2"), "Father and son", default));
        await Must(acts.Undo(steward, linked, "Two cousins after all", default));
        foreach (var (local, number) in ((string, string)[])[("OV1", "9990002037"), ("OV2", "9990002045"), ("OV3", "9990002053")])
        {
            await Say(local, $"THORNBURY^Prudence {local}", "19470910", number);
            await Say(local, "OKONKWO^Daniel", "19881212", "");
        }

        await Must(acts.EndQuarantine(steward, await Quarantine("OV1"), false, "The number was given again", default));
        await Must(acts.EndQuarantine(steward, await Quarantine("OV2"), true, "Typed into the wrong record, and mended", default));
        await Must(acts.WithdrawNumber(steward, "9990002002", "9990002010", "PDS replaced it", default));
        var withdrawn = await Must(acts.WithdrawNumber(steward, "9990002029", null, "Given to nobody", default));
        await Must(acts.Undo(steward, withdrawn, "It was another number", default));
        await Must(acts.Activate(steward, 0, "What the product comes with", default));
        await original.Settle();
    }

    private async Task Say(string local, string name, string born, string number = "")
    {
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        await original.Send(original.Adt("basildon-pas", "A31", "20260105101500", local, number, "", name: name, born: born));
        await original.Settle();
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task<Guid> Must(Task<Result<Guid>> act)
    {
        Assert.True((await act).TryGet(out var decision, out var error), error?.Detail);
        original.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        await original.Settle();
        return decision;
    }

    private async Task<Guid> Question(string a, string b) => Guid.Parse((string)(await original.Record.Database.Scalar(
        $"select id::text from record.link_review where state = 'open' and '{SourceIds.Of("basildon-pas", "Patient", a)}' in (first, second) and '{SourceIds.Of("basildon-pas", "Patient", b)}' in (first, second)"))!);

    private async Task<Guid> Quarantine(string local) => Guid.Parse((string)(await original.Record.Database.Scalar(
        $"select id::text from record.overlay where state = 'open' and patient = '{SourceIds.Of("basildon-pas", "Patient", local)}'"))!);

    [Fact]
    public async Task Replaying_both_logs_into_an_empty_database_gives_an_equal_record()
    {
        await Live();
        await Noticed();
        await Decide();
        await using var from = NpgsqlDataSource.Create(original.Record.Database.Owner);
        await using var to = NpgsqlDataSource.Create(rebuilt.Record.Database.Owner);

        var carry = new ReplayCommands(rebuilt.Record.Store, rebuilt.Record.Audit, new CurrentRules(new LinkageOptions()));
        var run = await new RebuildRecord(new ReplayStore(from, to), carry, _ => rebuilt.Settle()).Run(CancellationToken.None);
        var differences = await new CompareStore(from, to).Differences(rebuilt.Record.System, 20, CancellationToken.None);
        await using (var change = from.CreateCommand("update record.resource set body = convert_to(replace(convert_from(body, 'UTF8'), 'accepted', 'rejected'), 'UTF8') where type = 'Task' and body is not null and convert_from(body, 'UTF8') like '%accepted%'"))
            Assert.True(await change.ExecuteNonQueryAsync() > 0);
        var changed = await new CompareStore(from, to).Differences(rebuilt.Record.System, 20, CancellationToken.None);

        Assert.True(run.TryGet(out var commands, out var error), error?.Detail);
        Assert.Equal(2 + 10 + 3, commands); // writes, decisions, quarantines
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.StartsWith("differs: Task/", Assert.Single(changed), StringComparison.Ordinal);
        Assert.Equal(await original.Record.Database.Scalar("select count(*) from record.message"), await rebuilt.Record.Database.Scalar("select count(*) from record.message"));
        Assert.Equal(1L, await rebuilt.Record.Database.Scalar("select count(*) from record.message where state = 'waiting'"));
        Assert.False((await new RebuildRecord(new ReplayStore(from, to), carry, _ => rebuilt.Settle()).Run(CancellationToken.None)).IsSuccess);
    }
}

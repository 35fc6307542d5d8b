using Npgsql;
using Record.Core.Feeds;
using Record.Core.Feeds.Rebuild;
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

    [Fact]
    public async Task Replaying_both_logs_into_an_empty_database_gives_an_equal_record()
    {
        await Live();
        await using var from = NpgsqlDataSource.Create(original.Record.Database.Owner);
        await using var to = NpgsqlDataSource.Create(rebuilt.Record.Database.Owner);

        var run = await new RebuildRecord(new ReplayStore(from, to), rebuilt.Record.Store, _ => rebuilt.Settle()).Run(CancellationToken.None);
        var differences = await new CompareStore(from, to).Differences(rebuilt.Record.System, 20, CancellationToken.None);
        await using (var change = from.CreateCommand("update record.resource set body = convert_to(replace(convert_from(body, 'UTF8'), 'accepted', 'rejected'), 'UTF8') where type = 'Task' and body is not null and convert_from(body, 'UTF8') like '%accepted%'"))
            Assert.True(await change.ExecuteNonQueryAsync() > 0);
        var changed = await new CompareStore(from, to).Differences(rebuilt.Record.System, 20, CancellationToken.None);

        Assert.True(run.TryGet(out var commands, out var error), error?.Detail);
        Assert.Equal(2, commands);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.StartsWith("differs: Task/", Assert.Single(changed), StringComparison.Ordinal);
        Assert.Equal(await original.Record.Database.Scalar("select count(*) from record.message"), await rebuilt.Record.Database.Scalar("select count(*) from record.message"));
        Assert.Equal(1L, await rebuilt.Record.Database.Scalar("select count(*) from record.message where state = 'waiting'"));
        Assert.False((await new RebuildRecord(new ReplayStore(from, to), rebuilt.Record.Store, _ => rebuilt.Settle()).Run(CancellationToken.None)).IsSuccess);
    }
}

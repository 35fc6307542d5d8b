using System.Diagnostics;
using System.Net;
using Npgsql;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>
/// Raw log and command log of a run that went through kills of the worker, duplicates, late messages and human decisions, replayed by
/// the command <c>rebuild</c> into an empty database, give an equal record.
/// </summary>
public sealed class RebuildTests : IAsyncLifetime
{
    private const string BehindSql = """
        select (select count(*) from record.message where state = 'received') > 0
        or exists (select from record.consumer_cursor c join record.change l on l.partition = c.partition
            where c.consumer = 'identity' and l.xid >= c.window_start and (l.xid >= c.window_end or l.seq > c.seq))
        or exists (select from record.consumer_cursor c join record.person_change l on l.partition = c.partition
            where c.consumer <> 'identity' and l.xid >= c.window_start and (l.xid >= c.window_end or l.seq > c.seq))
        """;

    private readonly RunningAppHost stack = new();
    private string original = "", rebuilt = "";

    public async Task InitializeAsync()
    {
        (original, rebuilt) = (await PostgresServer.CreateDatabase(), await PostgresServer.CreateDatabase());
        await stack.Start($"--ConnectionStrings:record={original}", "--Simulator:Patients=40");
    }

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task A_run_with_kills_duplicates_late_messages_and_decisions_is_rebuilt_equal()
    {
        await Live();
        await RunningAppHost.Until(async () => await Behind() ? null : "settled", "everything done");
        Assert.Equal(0, await stack.Stop());

        var (code, said) = await Run("Record.Migrations", ((string[])["record_api", "record_worker", "reporting", "identity"]).ToDictionary(role => $"Roles__{role}", _ => PostgresServer.Password).Append(new("ConnectionStrings__record", rebuilt)).ToDictionary());
        Assert.True(code == 0, said);
        (code, said) = await Run("Record.Worker", new() { ["ConnectionStrings__original"] = original, ["ConnectionStrings__record"] = rebuilt, ["Identity__Issuer"] = "http://localhost" }, "rebuild");

        Assert.True(code == 0, said);
        Assert.Contains("equal", said.Split('\n', StringSplitOptions.TrimEntries), StringComparer.Ordinal);
        Assert.True(await Count(rebuilt, "select count(*) from record.resource where type = 'Task'") > 0);
        Assert.Equal(1L, await Count(rebuilt, "select count(*) from record.link_decision where kind = 'keep-apart'"));
        Assert.Equal(1L, await Count(rebuilt, "select count(*) from record.message where state = 'waiting' and control_id = 'rb-mystery'"));
    }

    // Twelve patients' stays, late and in any order, some twice, while the worker is killed again and again; then what people decide.
    private async Task Live()
    {
        var dice = new Random(5);
        var messages = Enumerable.Range(0, 12).SelectMany(i => (string[])
        [
            Message($"rb-{i}-1", "A01", $"202601030{i % 10}1500", $"RB{i}", $"REBUILT^Person{i}", $"19{50 + i}0201", "AMU"),
            Message($"rb-{i}-2", "A02", $"202601031{i % 10}1500", $"RB{i}", $"REBUILT^Person{i}", $"19{50 + i}0201", "LISTER"),
            Message($"rb-{i}-3", i % 3 == 0 ? "A03" : "A08", $"202601040{i % 10}1500", $"RB{i}", $"REBUILT^Person{i}", $"19{50 + i}0201", "LISTER"),
        ]).OrderBy(_ => dice.Next()).ToList();
        messages.Add(Message("rb-mystery", "A01", "20260104101500", "RBX", "REBUILT^Lost", "19800101", "MYSTERY"));
        for (var i = 0; i < messages.Count; i++)
        {
            if (i % 9 == 4) KillWorker();
            await Deliver(messages[i]);
            if (dice.Next(4) == 0) await Deliver(messages[i]);
        }

        await Deliver(Message("rb-twin-1", "A28", "20260104111500", "TW1", "QUARRINGTON^Oliver", "20150601", ""));
        await Deliver(Message("rb-twin-2", "A28", "20260104111500", "TW2", "QUARRINGTON^Arthur", "20150601", ""));
        var review = await RunningAppHost.Until(Twins, "the question about the twins");
        using var apart = await stack.Send(HttpMethod.Post, "record-api", $"identity/reviews/{review}/keep-apart", "feed.manager", new { reason = "Twins, both seen" });
        Assert.True(apart.IsSuccessStatusCode, await apart.Content.ReadAsStringAsync());
        var patient = (await stack.Get("record-api", "fhir/Patient?identifier=RB3", "acute.doctor")).GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();
        using var sent = await stack.Send(HttpMethod.Post, "record-api", "fhir/ServiceRequest", "acute.doctor", $$"""
            {"resourceType":"ServiceRequest","status":"active","intent":"order","code":{"text":"Assessment on the ward"},"subject":{"reference":"Patient/{{patient}}"},
             "requester":{"reference":"Organization/RAJ-AMU-BAS"},"performer":[{"reference":"Organization/R1L-LIAISON-BAS"}]}
            """);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        KillWorker();
        var referral = await RunningAppHost.Until(Referral, "the referral on the receiver's worklist");
        using var accepted = await stack.Send(HttpMethod.Post, "record-api", $"referrals/{referral}/accept", "mh.nurse", new { });
        Assert.Equal(HttpStatusCode.NoContent, accepted.StatusCode);
    }

    private static string Message(string control, string trigger, string time, string local, string name, string born, string place) => $"""
        MSH|^~\&|basildon-pas|RAJ|MSE-RECORD|MSE|{time}||ADT^{trigger}|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
        EVN|{trigger}|{time}||||{time}
        PID|1||{local}^^^basildon-pas^PI||{name}||{born}|F|||1 High Street^^Basildon^^SS14 1AA^GBR^H||01632 960999
        {(place.Length > 0 ? $"PV1|1|I|{place}||||||||||||||||V-{local}" : "")}
        """.TrimEnd();

    // Sent again until it is acknowledged, as a real sender does.
    private async Task Deliver(string message)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            try
            {
                using var slow = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                if ((await stack.SendV2(message).WaitAsync(slow.Token)).Contains("MSA|CA", StringComparison.Ordinal)) return;
            }
            catch (Exception broken) when (broken is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                await Task.Delay(300, CancellationToken.None);
            }
        }

        throw new TimeoutException("A message was not acknowledged within two minutes.");
    }

    private void KillWorker()
    {
        foreach (var id in stack.Children().Where(id => File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Contains("Record.Worker.dll", StringComparison.Ordinal)))
            using (var process = Process.GetProcessById(id)) process.Kill();
    }

    private async Task<string?> Twins() => (string?)await Scalar(original, """
        select r.id::text from record.link_review r join record.resource a on a.type = 'Patient' and a.id = r.first join record.resource b on b.type = 'Patient' and b.id = r.second
        where r.state = 'open' and convert_from(a.body, 'UTF8') like '%QUARRINGTON%' and convert_from(b.body, 'UTF8') like '%QUARRINGTON%'
        """);

    private async Task<string?> Referral() => (await stack.Get("record-api", "worklist", "mh.nurse")).GetProperty("items").EnumerateArray()
        .Where(item => item.GetProperty("kind").GetString() == "referral").Select(item => item.GetProperty("task").GetString()).FirstOrDefault();

    private async Task<bool> Behind() => (bool)(await Scalar(original, BehindSql))!;

    private static async Task<long> Count(string database, string sql) => (long)(await Scalar(database, sql))!;

    private static async Task<object?> Scalar(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<(int Code, string Said)> Run(string project, Dictionary<string, string> environment, params string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var info = new ProcessStartInfo("dotnet", [Path.Combine(Checkout.Root, project, "bin", output.Parent!.Name, output.Name, $"{project}.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) info.Environment[name] = value;
        info.Environment["Config__Directory"] = Checkout.Config;
        using var process = Process.Start(info)!;
        var (said, wrong) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await said + await wrong);
    }
}

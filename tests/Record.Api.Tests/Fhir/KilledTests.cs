using System.Net;
using Testing;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>What is left when the process is killed in the middle: whole transactions, and imports that go on.</summary>
public sealed class KilledTests : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private TestIssuer issuer = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        issuer = await TestIssuer.Start();
    }

    public async Task DisposeAsync()
    {
        await issuer.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task<long> Count(string prefix) => (long)(await database.Scalar($"select count(*) from record.resource where id like '{prefix}-%'"))!;

    [Fact]
    public async Task A_transaction_is_whole_or_not_at_all()
    {
        const int Entries = 4000;
        var interrupted = 0;
        for (var trial = 0; trial < 6; trial++)
        {
            await using var api = await RecordApiProcess.Start(database, issuer);
            await api.Send(HttpMethod.Put, "/Basic/warm", """{"resourceType":"Basic","id":"warm","code":{"text":"x"}}""");
            var prefix = $"trial{trial}";
            var bundle = $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', Enumerable.Range(1, Entries).Select(i => $$"""{"resource":{"resourceType":"Basic","id":"{{prefix}}-{{i}}","code":{"text":"x"} },"request":{"method":"PUT","url":"Basic/{{prefix}}-{{i}}"} }"""))}}]}""";
            var sending = api.Send(HttpMethod.Post, "", bundle);
            await Task.WhenAny(sending, Writing());
            await Task.Delay(20 * trial);

            await api.Kill();

            if (await Answered(sending) is null) interrupted++;
            Assert.Contains(await Count(prefix), new long[] { 0, Entries });
        }

        Assert.InRange(interrupted, 1, 6);
    }

    // Until a transaction has begun to write.
    private async Task Writing()
    {
        while ((long)(await database.Scalar("select count(*) from pg_stat_activity where usename = 'record_api' and datname = current_database() and backend_xid is not null"))! == 0) await Task.Delay(5);
    }

    private static async Task<FhirResponse?> Answered(Task<FhirResponse> sending)
    {
        try
        {
            return await sending;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    [Fact]
    public async Task An_import_goes_on_where_it_was_and_takes_each_line_once()
    {
        const int Lines = 12_000;
        string status;
        await using (var api = await RecordApiProcess.Start(database, issuer))
        {
            var started = await api.Send(HttpMethod.Post, "/$import", string.Join('\n', Enumerable.Range(1, Lines).Select(i => $$"""{"resourceType":"Basic",{{(i % 10 == 0 ? "" : $"\"id\":\"import-{i}\",")}}"code":{"text":"x"} }""")), "application/fhir+ndjson");
            Assert.Equal(HttpStatusCode.Accepted, started.Status);
            status = new Uri(started.Header("Content-Location")!).AbsolutePath["/fhir".Length..];
            while (await Count("import") < 1000) await Task.Delay(5);
            await api.Kill();
        }

        Assert.InRange(await Count("import"), 1, Lines - 1);
        await using var again = await RecordApiProcess.Start(database, issuer);
        FhirResponse answer;
        while ((answer = await again.Send(HttpMethod.Get, status)).Status == HttpStatusCode.Accepted) await Task.Delay(100);

        Assert.Equal(Lines, answer.Json.GetProperty("output")[0].GetProperty("count").GetInt32());
        Assert.Equal((long)Lines, await database.Scalar("select count(*) from record.resource where type = 'Basic' and version = 1"));
        Assert.Equal((long)Lines, await database.Scalar("select count(*) from record.change where type = 'Basic'"));
    }
}

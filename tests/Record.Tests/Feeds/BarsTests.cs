using System.Text;
using Record.Core;
using Record.Core.Feeds.Bars;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>BaRS $process-message: each X-Request-ID once, conversations by X-Correlation-ID.</summary>
public class BarsTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private static readonly Access Sender = new("nhs111", Roles.System, "", "TREAT", "nhs111", Guid.CreateVersion7());

    private static byte[] Message(string reference, string status = "active", string @event = "servicerequest-request", string receiver = "R1L-CMHT-BAS") => Encoding.UTF8.GetBytes($$$$"""
        {"resourceType":"Bundle","type":"message","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"MessageHeader","id":"79120f41-a431-4f08-bcc5-1e67006fcae0","eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"{{{{@event}}}}"},"reason":{"coding":[{"code":"new"}]},"destination":[{"endpoint":"x","receiver":{"reference":"urn:uuid:9"}}],"source":{"endpoint":"y"},"focus":[{"reference":"urn:uuid:2"}]}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"ServiceRequest","identifier":[{"system":"https://example.org/r","value":"{{{{reference}}}}"}],"status":"{{{{status}}}}","intent":"order","code":{"text":"Crisis assessment"},"subject":{"reference":"urn:uuid:3"}}},
        {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Patient","identifier":[{"system":"https://example.org/p","value":"P-{{{{reference}}}}"}],"name":[{"family":"Smith"}]}},
        {"fullUrl":"urn:uuid:9","resource":{"resourceType":"Organization","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"{{{{receiver}}}}"}],"name":"Receiver"}}]}
        """);

    private async Task<Result<System.Text.Json.Nodes.JsonObject>> Send(Access access, string? request, string? correlation, byte[] body)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(feeds.Record.Database.As("record_api"));
        await using var audit = new Record.Core.Audit.AuditLog(database, feeds.Record.Clock);
        return await new BarsStore(database, new ResourceStore(database, audit, feeds.Record.Clock), feeds.System, feeds.Record.Clock).Process(access, request, correlation, body, CancellationToken.None);
    }

    [Fact]
    public async Task A_referral_is_written_once_however_often_its_request_comes_and_opens_one_task()
    {
        var (request, correlation) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Send(Sender, request, correlation, Message("B1"))));
        await feeds.Settle();

        Assert.Equal(1, answers.Count(answer => answer.IsSuccess));
        Assert.All(answers.Where(answer => !answer.IsSuccess), answer => Assert.Equal(("REC_CONFLICT", ErrorKind.Conflict), (answer.Error().Code, answer.Error().Kind)));
        Assert.Equal(1L, await feeds.Record.Database.Scalar("select count(*) from record.resource where type = 'ServiceRequest' and convert_from(body, 'UTF8') like '%_B1_}%'"));
        Assert.Equal(1, await feeds.Record.Database.Scalar("select max(version) from record.resource where type = 'ServiceRequest' and convert_from(body, 'UTF8') like '%_B1_}%'"));
        Assert.Equal(1L, await feeds.Record.Database.Scalar("select count(*) from record.resource where type = 'Task' and convert_from(body, 'UTF8') like '%Organization/R1L-CMHT-BAS%' and convert_from(body, 'UTF8') like '%' || (select id from record.resource where type = 'ServiceRequest' and convert_from(body, 'UTF8') like '%_B1_}%') || '%'"));
    }

    [Fact]
    public async Task A_conversation_gathers_its_requests_and_an_update_meets_what_it_updates()
    {
        var correlation = Guid.NewGuid();
        Assert.True((await Send(Sender, Guid.NewGuid().ToString(), correlation.ToString(), Message("B2"))).TryGet(out var first, out _));
        feeds.Record.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await Send(Sender, Guid.NewGuid().ToString(), correlation.ToString(), Message("B2", "revoked"))).TryGet(out var second, out _));
        await using var database = Npgsql.NpgsqlDataSource.Create(feeds.Record.Database.As("record_api"));

        var conversation = await new BarsStore(database, feeds.Record.Store, feeds.System, feeds.Record.Clock).Conversation(Sender, correlation, CancellationToken.None);

        Assert.True(conversation.TryGet(out var exchanges, out _));
        Assert.Equal(2, exchanges.Count);
        var reference = first["entry"]![0]!["resource"]!["focus"]![0]!["reference"]!.GetValue<string>();
        Assert.Equal(reference, second["entry"]![0]!["resource"]!["focus"]![0]!["reference"]!.GetValue<string>());
        Assert.Equal("servicerequest-response", second["entry"]![0]!["resource"]!["eventCoding"]!["code"]!.GetValue<string>());
        Assert.True((await feeds.Record.Store.Read(feeds.Record.Machine, "ServiceRequest", reference.Split('/')[1], CancellationToken.None)).TryGet(out var request, out _));
        Assert.Equal("revoked", request.Json()["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("no-uuid", "servicerequest-request", "REC_BAD_REQUEST")]
    [InlineData(null, "servicerequest-request", "REC_BAD_REQUEST")]
    [InlineData("4b0d35ac-5a1c-4e0b-9a5e-111111111111", "something-else", "REC_UNPROCESSABLE_ENTITY")]
    [InlineData("4b0d35ac-5a1c-4e0b-9a5e-222222222222", "booking-request", "REC_UNPROCESSABLE_ENTITY")]
    public async Task What_cannot_be_processed_is_refused_as_BaRS_says(string? request, string @event, string code)
    {
        var answer = await Send(Sender, request, Guid.NewGuid().ToString(), Message("B3", @event: @event));

        Assert.Equal(code, answer.Error().Code);
    }

    [Fact]
    public async Task People_do_not_process_messages() =>
        Assert.Equal("REC_FORBIDDEN", (await Send(feeds.Record.Clinician, Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Message("B4"))).Error().Code);
}

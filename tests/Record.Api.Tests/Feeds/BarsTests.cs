using System.Net;
using Xunit;

namespace Record.Api.Tests.Feeds;

/// <summary>BaRS over HTTP: each X-Request-ID once, conversations by X-Correlation-ID.</summary>
public class BarsTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static string Referral(string number) => $$$$"""
        {"resourceType":"Bundle","type":"message","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"MessageHeader","id":"79120f41-a431-4f08-bcc5-1e67006fcae0","eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":"servicerequest-request"},"reason":{"coding":[{"code":"new"}]},"destination":[{"endpoint":"x","receiver":{"reference":"urn:uuid:9"}}],"source":{"endpoint":"y"},"focus":[{"reference":"urn:uuid:2"}]}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"ServiceRequest","identifier":[{"system":"https://example.org/r","value":"{{{{number}}}}"}],"status":"active","intent":"order","code":{"text":"Crisis assessment"},"subject":{"reference":"urn:uuid:3"}}},
        {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Patient","identifier":[{"system":"https://example.org/p","value":"P-{{{{number}}}}"}],"name":[{"family":"Smith"}]}},
        {"fullUrl":"urn:uuid:9","resource":{"resourceType":"Organization","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"R1L-CMHT-BAS"}],"name":"Receiver"}}]}
        """;

    private Task<FhirResponse> Process(string body, string? request, string? correlation, string role = "system") => api.Send(HttpMethod.Post, "/$process-message", body, role, headers:
        [.. new (string Name, string? Value)[] { ("X-Request-ID", request), ("X-Correlation-ID", correlation) }.Where(header => header.Value is not null).Select(header => (header.Name, header.Value!))]);

    private async Task<long> Effects() => (long)(await api.Database.Scalar("select count(*) from record.change where cause = 'bars'"))!;

    [Fact]
    public async Task A_repeated_request_answers_409_and_has_no_second_effect()
    {
        var (request, correlation) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var first = await Process(Referral("H1"), request, correlation);
        var effects = await Effects();

        var again = await Process(Referral("H1"), request, correlation);
        var other = await Process(Referral("H2"), request, correlation); // the id decides, whatever the body says

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal((request, correlation), (first.Header("X-Request-ID"), first.Header("X-Correlation-ID")));
        Assert.Equal(("ok", 1), (first.Json.GetProperty("entry")[0].GetProperty("resource").GetProperty("response").GetProperty("code").GetString(), first.Json.GetProperty("entry")[0].GetProperty("resource").GetProperty("focus").GetArrayLength()));
        Assert.All((FhirResponse[])[again, other], answer => Assert.Equal((HttpStatusCode.Conflict, "REC_CONFLICT", "duplicate"), (answer.Status, answer.Error, answer.Issue)));
        Assert.Equal((request, correlation), (again.Header("X-Request-ID"), again.Header("X-Correlation-ID")));
        Assert.Equal(effects, await Effects());
    }

    [Fact]
    public async Task The_same_request_sent_many_times_at_once_takes_effect_once()
    {
        var (request, correlation) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Process(Referral("H3"), request, correlation)));

        Assert.Equal(1, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal(1L, await api.Database.Scalar("select count(*) from record.change where cause = 'bars' and type = 'ServiceRequest' and id = (select id from record.resource where type = 'ServiceRequest' and convert_from(body, 'UTF8') like '%\"H3\"%')"));
    }

    [Fact]
    public async Task A_conversation_lists_its_requests_and_another_shares_none()
    {
        var (correlation, requests) = (Guid.NewGuid().ToString(), new[] { Guid.NewGuid().ToString(), Guid.NewGuid().ToString() });
        foreach (var request in requests) Assert.Equal(HttpStatusCode.OK, (await Process(Referral("H4"), request, correlation)).Status);

        var conversation = await api.Send(HttpMethod.Get, $"{api.Base[..^5]}/feeds/conversations/{correlation}", null, "system");
        var other = await api.Send(HttpMethod.Get, $"{api.Base[..^5]}/feeds/conversations/{Guid.NewGuid()}", null, "system");

        Assert.Equal(requests, conversation.Json.EnumerateArray().Select(exchange => exchange.GetProperty("request").GetString()));
        Assert.Equal(0, other.Json.GetArrayLength());
    }

    [Theory]
    [InlineData(null, "11111111-1111-4111-8111-111111111111", HttpStatusCode.BadRequest, "REC_BAD_REQUEST")]
    [InlineData("11111111-1111-4111-8111-111111111112", null, HttpStatusCode.BadRequest, "REC_BAD_REQUEST")]
    [InlineData("not-a-uuid", "11111111-1111-4111-8111-111111111111", HttpStatusCode.BadRequest, "REC_BAD_REQUEST")]
    public async Task Without_both_ids_nothing_is_processed(string? request, string? correlation, HttpStatusCode status, string code)
    {
        var answer = await Process(Referral("H5"), request, correlation);

        Assert.Equal((status, code), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task A_person_does_not_process_messages() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await Process(Referral("H6"), Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), "mental-health-clinician")).Status);
}

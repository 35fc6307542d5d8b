using System.Net.Http.Headers;
using System.Text.Json;

namespace Record.Web.Records;

/// <summary>The feeds of the records API as the signed-in user sees them.</summary>
public sealed class FeedApi(HttpClient http)
{
    public Task<Answer<Feed[]>> All(CancellationToken cancellation) => Api.Send<Feed[]>(http, HttpMethod.Get, "feeds", null, cancellation);

    public Task<Answer<Feed>> One(string source, CancellationToken cancellation) => Api.Send<Feed>(http, HttpMethod.Get, $"feeds/{Uri.EscapeDataString(source)}", null, cancellation);

    public Task<Answer<FeedMessage[]>> Messages(string source, string state, long after, CancellationToken cancellation) =>
        Api.Send<FeedMessage[]>(http, HttpMethod.Get, $"feeds/{Uri.EscapeDataString(source)}/messages?state={state}&after={after}", null, cancellation);

    public Task<Answer<FeedMessageDetail>> Message(string source, long id, CancellationToken cancellation) =>
        Api.Send<FeedMessageDetail>(http, HttpMethod.Get, $"feeds/{Uri.EscapeDataString(source)}/messages/{id}", null, cancellation);

    public Task<Answer<JsonElement>> Mend(string source, long id, string? text, CancellationToken cancellation) =>
        Api.Send<JsonElement>(http, HttpMethod.Post, $"feeds/{Uri.EscapeDataString(source)}/messages/{id}/mend", new { text }, cancellation);

    public Task<Answer<JsonElement>> Replay(string source, string range, CancellationToken cancellation) =>
        Api.Send<JsonElement>(http, HttpMethod.Post, $"feeds/{Uri.EscapeDataString(source)}/replay?{range}", new { }, cancellation);

    public async Task<Answer<DryRun>> Try(byte[] message, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(message) { Headers = { ContentType = new MediaTypeHeaderValue("application/hl7-v2") } };
        using var answer = await http.PostAsync("feeds/dry-run", content, cancellation);
        if (answer.IsSuccessStatusCode) return new(await answer.Content.ReadFromJsonAsync<DryRun>(cancellation), answer.StatusCode, null);
        return new(null, answer.StatusCode, "The message could not be tried.");
    }
}

public sealed record Feed(
    string Source, string Name, string Organisation, string OrganisationName, string Setting, string Protocol, bool Simulated, bool InProgramme,
    long Received, long Mapped, long Waiting, long Refused, long Backlog, DateTimeOffset? LastReceivedAt, DateTimeOffset? LastEventAt, double? LagSeconds,
    FeedSilence? Silence, FeedWindow[] Windows);

public sealed record FeedSilence(DateTimeOffset? Since, double? Expected);

public sealed record FeedWindow(
    string Name, long Received, long Mapped, long Waiting, long Refused, double? AcknowledgedP50, double? AcknowledgedP95, double? AcknowledgedP99, double? MappedP95);

public sealed record FeedMessage(long Id, string ControlId, string Trigger, string State, string? Reason, DateTimeOffset ReceivedAt, DateTimeOffset? EventTime);

public sealed record FeedMessageDetail(FeedMessage Row, string? Place, string Text, string? Received, FeedMend[] Mends);

public sealed record FeedMend(int Version, string By, DateTimeOffset At);

public sealed record DryRun(
    string ControlId, string Message, string? Source, string Acknowledgement, string? Refusal, string[] Faults, string[] Resources, IgnoredField[] Ignored, string? Link);

public sealed record IgnoredField(string Field, string Name, string Why);

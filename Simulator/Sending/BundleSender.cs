using System.Net;
using System.Net.Http.Headers;

namespace Simulator.Sending;

/// <summary>Sends a lane of a FHIR source over HTTP, one after the other; tries again until it is taken or refused for good.</summary>
public sealed partial class BundleSender(RecordClient record, TimeProvider clock, ILogger<BundleSender> logger)
{
    /// <summary>Sends from a place on; what has not happened yet is sent when it does.</summary>
    public async Task Run(Lane lane, int from, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromMilliseconds(500);
        for (var place = from; place < lane.Events.Count;)
        {
            var due = lane.Events[place].At - clock.GetUtcNow();
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due < TimeSpan.FromHours(1) ? due : TimeSpan.FromHours(1), clock, cancellation);
                continue;
            }

            if (await Post(lane, place, cancellation) is { } answered)
            {
                if (answered != HttpStatusCode.Accepted) LogRefused(lane.Source.Code, lane.Control(place), (int)answered);
                place++;
                wait = TimeSpan.FromMilliseconds(500);
            }
            else
            {
                await Task.Delay(wait, clock, cancellation);
                wait = wait < TimeSpan.FromSeconds(10) ? wait * 2 : wait;
            }
        }
    }

    // Null: not answered, or trouble that passes.
    private async Task<HttpStatusCode?> Post(Lane lane, int place, CancellationToken cancellation)
    {
        try
        {
            using var content = new ByteArrayContent(lane.Message(place));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
            using var answer = await record.Post($"feeds/{lane.Source.Code}/bundle", content, cancellation);
            return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError ? null : answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    [LoggerMessage(1503, LogLevel.Warning, "{Source}: message {Control} was refused with status {Status}")]
    private partial void LogRefused(string source, string control, int status);
}

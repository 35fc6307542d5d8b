using Record.Api.Fhir;
using Record.Core;
using Record.Core.Feeds;
using Record.Core.Feeds.Bundles;
using Record.Core.Feeds.Files;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Api.Feeds;

/// <summary>Messages of FHIR sources, how all feeds stand, and the queue of what could not be mapped.</summary>
internal static class FeedEndpoints
{
    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        var feeds = routes.MapGroup("/feeds").WithTags("Feeds").RequireAuthorization(Activities.Feeds);
        feeds.MapGet("", async (Access access, FeedStore store, CancellationToken cancellation) => (await store.All(access, cancellation)).ToResult()).WithSummary("Every feed that the caller may see");
        feeds.MapPost("/dry-run", TryMessage).WithSummary("What would become of a message; nothing is stored");
        feeds.MapGet("/{source}", async (string source, Access access, FeedStore store, CancellationToken cancellation) => (await store.One(access, source, cancellation)).ToResult())
            .WithSummary("One feed: measures over 1 hour, 24 hours and 30 days, and the last control id of each lane");
        feeds.MapGet("/{source}/messages", Messages).WithSummary("Messages of a feed, without their content");
        feeds.MapGet("/{source}/messages/{id:long}", async (string source, long id, Access access, FeedQueueStore queue, CancellationToken cancellation) =>
            (await queue.One(access, source, id, cancellation)).ToResult()).WithSummary("One message with its content and the place of its fault");
        feeds.MapPost("/{source}/messages/{id:long}/mend", Mend).WithSummary("Keep mended content beside the original and map it");
        feeds.MapPost("/{source}/replay", Replay).WithSummary("Put messages back to be mapped: one, or a range of arrival");
        feeds.MapPost("/{source}/file", TakeFile).WithSummary("A CSV file; a bad row is reported by line and column, the rest goes in");
        routes.MapBars();
        feeds.MapPost("/{source}/bundle", Receive).WithSummary("A message of a FHIR source; answered when it is durable");
    }

    private static async Task<IResult> Messages(string source, string? state, long? after, Access access, FeedQueueStore queue, CancellationToken cancellation) =>
        (await queue.Messages(access, source, state, after ?? 0, cancellation)).ToResult();

    private static async Task<IResult> Mend(string source, long id, MendedMessage mended, Access access, FeedQueueStore queue, CancellationToken cancellation)
    {
        var kept = await queue.Mend(access, source, id, mended.Text ?? "", cancellation);
        return kept.TryGet(out var version, out var error) ? TypedResults.Json(new { version }) : error.ToProblem();
    }

    private static async Task<IResult> Replay(
        string source, long? message, DateTimeOffset? from, DateTimeOffset? to, bool? mapped, Access access, FeedQueueStore queue, CancellationToken cancellation)
    {
        var replayed = await queue.Replay(access, source, message, from, to, mapped ?? false, cancellation);
        return replayed.TryGet(out var count, out var error) ? TypedResults.Json(new { replayed = count }) : error.ToProblem();
    }

    private static async Task<IResult> TryMessage(HttpRequest request, Access access, DryRun dryRun, ResourceStore store, CancellationToken cancellation)
    {
        if (request.ContentLength > 1024 * 1024) return new RecordError(ErrorKind.TooLarge, "feed.dry-run-size", "A dry run takes messages of up to 1 MB.").ToProblem();
        return (await dryRun.Try(access, await FhirBody.Bytes(request, cancellation), store, cancellation)).ToResult();
    }

    private static async Task<IResult> TakeFile(string source, HttpRequest request, Access access, CareSystem system, FileIntake intake, CancellationToken cancellation)
    {
        if (system.Source(source) is not { } known) return FeedErrors.UnknownSource.ToProblem();
        if (!FeedAccess.MayManage(access, known, system)) return FeedErrors.Forbidden.ToProblem();
        return (await intake.Take(known, await FhirBody.Bytes(request, cancellation), cancellation)).ToResult();
    }

    private static async Task<IResult> Receive(string source, HttpRequest request, Access access, CareSystem system, Inbox inbox, TimeProvider clock, CancellationToken cancellation)
    {
        if (!access.IsSystem) return FeedErrors.Forbidden.ToOutcome();
        if (system.Source(source) is not { } known) return FeedErrors.UnknownSource.ToOutcome();
        if (known.Protocol != "fhir") return FeedErrors.WrongProtocol.ToOutcome();
        var body = await FhirBody.Bytes(request, cancellation);
        var judged = BundleDoor.Judge(known, body, clock.GetUtcNow());
        if (!judged.TryGet(out var arrival, out var error)) return error.ToOutcome();
        var receipt = await inbox.Receive(arrival, cancellation);
        if (receipt.Conflict) return FeedErrors.OtherBytes.ToOutcome();
        return TypedResults.Text("""{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":"Stored."}]}""",
            OutcomeResult.MediaType, statusCode: StatusCodes.Status202Accepted);
    }
}

/// <summary>Mended content.</summary>
internal sealed record MendedMessage(string? Text);

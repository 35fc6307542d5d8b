using Record.Api.Fhir;
using Record.Core;
using Record.Core.Feeds;
using Record.Core.Feeds.Bundles;
using Record.Core.Organisations;

namespace Record.Api.Feeds;

/// <summary>Messages of FHIR sources, and how all feeds stand.</summary>
internal static class FeedEndpoints
{
    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        var feeds = routes.MapGroup("/feeds").WithTags("Feeds");
        feeds.MapGet("", async (Access access, FeedStore store, CancellationToken cancellation) => (await store.All(access, cancellation)).ToResult()).WithSummary("Every source system's feed");
        feeds.MapGet("/{source}", async (string source, Access access, FeedStore store, CancellationToken cancellation) => (await store.One(access, source, cancellation)).ToResult())
            .WithSummary("One feed, with the last control id of each lane");
        feeds.MapGet("/{source}/messages", Messages).WithSummary("Messages of a feed, without their content");
        feeds.MapPost("/{source}/replay", Replay).WithSummary("Put messages that wait back to be mapped");
        feeds.MapPost("/{source}/bundle", Receive).WithSummary("A message of a FHIR source; answered when it is durable");
    }

    private static async Task<IResult> Messages(string source, string? state, long? after, Access access, FeedStore store, CancellationToken cancellation) =>
        (await store.Messages(access, source, state, after ?? 0, cancellation)).ToResult();

    private static async Task<IResult> Replay(string source, long? message, Access access, FeedStore store, CancellationToken cancellation)
    {
        var replayed = await store.Replay(access, source, message, cancellation);
        return replayed.TryGet(out var count, out var error) ? TypedResults.Json(new { replayed = count }) : error.ToProblem();
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

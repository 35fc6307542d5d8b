using Record.Core;
using Record.Core.Identity;
using Record.Core.Identity.Stewards;

namespace Record.Api.Identity;

/// <summary>Why something is decided.</summary>
internal sealed record DecisionReason(string? Reason);

/// <summary>An NHS number that is withdrawn: in the body, never in an address.</summary>
internal sealed record WithdrawnNumber(string? Number, string? ReplacedBy, string? Reason);

/// <summary>The stewards' queue, its questions and decisions. Stewards have the role feed-manager; each sees their own trust's records.</summary>
internal static class IdentityEndpoints
{
    public static void MapIdentity(this WebApplication app)
    {
        app.MapPatientMatch();
        var identity = app.MapGroup("/identity").WithTags("Identity").RequireAuthorization(Activities.Stewards);
        identity.MapGet("/queue", Queue).WithSummary("What waits for a steward, the likeliest first");
        identity.MapGet("/reviews/{id:guid}", Review).WithSummary("Two records side by side, with the weight of each field");
        identity.MapGet("/overlays/{id:guid}", Overlay).WithSummary("A record that may be two people, before and after");
        identity.MapPost("/reviews/{id:guid}/link", (Guid id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.Link(access, id, why.Reason, cancellation))).WithSummary("One person");
        identity.MapPost("/reviews/{id:guid}/keep-apart", (Guid id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.KeepApart(access, id, why.Reason, cancellation))).WithSummary("Two people; not asked again");
        identity.MapPost("/overlays/{id:guid}/one-person", (Guid id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.EndQuarantine(access, id, true, why.Reason, cancellation))).WithSummary("The record was mended: the person it was");
        identity.MapPost("/overlays/{id:guid}/two-people", (Guid id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.EndQuarantine(access, id, false, why.Reason, cancellation))).WithSummary("The record is another person's now");
        identity.MapPost("/decisions/{id:guid}/undo", (Guid id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.Undo(access, id, why.Reason, cancellation))).WithSummary("Take a decision back");
        identity.MapPost("/patients/{id}/unlink", (string id, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.Unlink(access, id, why.Reason, cancellation))).WithSummary("Part a record from its person");
        identity.MapPost("/numbers", (WithdrawnNumber number, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.WithdrawNumber(access, number.Number, number.ReplacedBy, number.Reason, cancellation))).WithSummary("Withdraw an NHS number: it stands for nobody, or another stands for it");
        identity.MapGet("/weights", Versions).WithSummary("Weights that were estimated, and which are in use");
        identity.MapPost("/weights", Estimate).WithSummary("Estimate weights from the records that are there; they are not used yet");
        identity.MapPost("/weights/{version:int}/activate", (int version, DecisionReason why, Access access, Stewardship stewards, CancellationToken cancellation) => Decided(stewards.Activate(access, version, why.Reason, cancellation))).WithSummary("Put weights into use; 0 is what the product comes with");
    }

    private static async Task<IResult> Queue(Access access, StewardView queue, HttpResponse response, CancellationToken cancellation) => Seen(await queue.Open(access, cancellation), response);

    private static async Task<IResult> Review(Guid id, Access access, StewardView queue, HttpResponse response, CancellationToken cancellation) => Seen(await queue.Pair(access, id, cancellation), response);

    private static async Task<IResult> Overlay(Guid id, Access access, StewardView queue, HttpResponse response, CancellationToken cancellation) => Seen(await queue.Overlay(access, id, cancellation), response);

    private static async Task<IResult> Versions(Access access, EstimateLinkage estimate, CancellationToken cancellation) => (await estimate.Versions(access, cancellation)).ToResult();

    private static async Task<IResult> Estimate(Access access, EstimateLinkage estimate, CancellationToken cancellation)
    {
        var estimated = await estimate.Run(access, cancellation);
        return estimated.TryGet(out var version, out var error) ? TypedResults.Json(new { version }) : error.ToProblem();
    }

    private static IResult Seen<T>(Result<T> found, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return found.ToResult();
    }

    private static async Task<IResult> Decided(Task<Result<Guid>> deciding)
    {
        var decided = await deciding;
        return decided.TryGet(out var decision, out var error) ? TypedResults.Json(new { decision }) : error.ToProblem();
    }
}

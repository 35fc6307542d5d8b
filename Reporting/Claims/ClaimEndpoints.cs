using Microsoft.AspNetCore.Http.HttpResults;

namespace Reporting.Claims;

/// <summary>What others have stated about the programme, each with its status and source.</summary>
internal static class ClaimEndpoints
{
    public static void MapClaims(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/claims").WithTags("Claims").RequireAuthorization(BoardAccess.Policy)
            .MapGet("", Get).WithSummary("The programme's claims as stated; none of them is ours");

    private static Ok<ClaimPage> Get(BoardConfiguration configuration) => TypedResults.Ok(ClaimPage.Of(configuration.Claims));
}

internal sealed record ClaimPage(IReadOnlyList<ClaimJson> Claims, IReadOnlyList<BesideJson> Besides)
{
    public static ClaimPage Of(ClaimRegister register) => new(
        [.. register.Claims.Select(ClaimJson.Of)],
        [.. register.Besides.Select(b => new BesideJson(b.Title, [.. b.Claims.Select(c => c.Id)], b.Reason))]);
}

internal sealed record BesideJson(string Title, IReadOnlyList<string> Claims, string Reason);

internal sealed record ClaimJson(
    string Id, string Topic, string Statement, string Value, string? Measures, DocumentJson Document, IReadOnlyList<DocumentJson> AlsoIn,
    string Place, string StatedBy, DateOnly Learned, string Status, string? Supersedes, string? SupersededBy, string? Note)
{
    public static ClaimJson Of(Claim c) => new(
        c.Id, c.Topic, c.Statement, c.Value, c.Measures, DocumentJson.Of(c.Document), [.. c.AlsoIn.Select(DocumentJson.Of)],
        c.Place, c.StatedBy, c.Learned, c.Status.Text(), c.Supersedes, c.SupersededBy, c.Note);
}

internal sealed record DocumentJson(string Title, string Publisher, string Date, string? Reference, bool ReadAtSecondHand, string Status, string? StatusNote)
{
    public static DocumentJson Of(ClaimDocument d) => new(d.Title, d.Publisher, d.Date, d.Reference, d.SecondHand, d.Status.Text(), d.StatusNote);
}

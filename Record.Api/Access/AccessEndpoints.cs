using Record.Core;

namespace Record.Api;

/// <summary>Opening a record or withheld items with a reason, and what privacy officers see of it.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        var access = routes.MapGroup("/access").WithTags("Access");
        access.MapPost("/break-glass", BreakGlass).RequireAuthorization(Activities.BreakGlass).WithSummary("Open a record without a relationship, with a reason, for a limited time");
        access.MapPost("/seals", OpenSeal).RequireAuthorization(Activities.BreakGlass).WithSummary("Open one class of withheld items of a person, with a reason");
        access.MapGet("/break-glass", ForReview).RequireAuthorization(Activities.Audit).WithSummary("What was opened with a reason, for the privacy officers of both organisations");
        access.MapPost("/break-glass/{id:guid}/review", Review).RequireAuthorization(Activities.Audit).WithSummary("Say what a look at an opening found");
        access.MapGet("/break-glass/rate", Rate).RequireAuthorization(Activities.Audit).WithSummary("Break-glass per thousand opened records in the last thirty days");
    }

    private sealed record Opening(string? Patient, Guid? Person, string? Seal, string? Reason);

    private sealed record Finding(string? Text);

    private static async Task<IResult> BreakGlass(Opening opening, Access access, AccessStore store, CancellationToken cancellation)
    {
        if (Patient(opening) is not { } patient) return AccessErrors.NotAPatient.ToProblem();
        var opened = await store.OpenRecord(access, patient, opening.Reason, cancellation);
        return opened.TryGet(out var until, out var error) ? TypedResults.Json(new { until }) : error.ToProblem();
    }

    private static async Task<IResult> OpenSeal(Opening opening, Access access, AccessStore store, CancellationToken cancellation)
    {
        if (Patient(opening) is not { } patient) return AccessErrors.NotAPatient.ToProblem();
        var opened = await store.OpenSeal(access, patient, opening.Seal ?? "", opening.Reason, cancellation);
        return opened.TryGet(out var until, out var error) ? TypedResults.Json(new { until }) : error.ToProblem();
    }

    private static async Task<IResult> ForReview(bool? all, Access access, AccessStore store, HttpResponse response, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        var found = await store.ForReview(access, all == true, cancellation);
        return found.TryGet(out var openings, out var error) ? TypedResults.Json(new { openings }) : error.ToProblem();
    }

    private static async Task<IResult> Review(Guid id, Finding finding, Access access, AccessStore store, CancellationToken cancellation) =>
        (await store.Review(access, id, finding.Text, cancellation)).ToResult();

    private static async Task<IResult> Rate(Access access, AccessStore store, TimeProvider clock, CancellationToken cancellation) =>
        (await store.BreakGlassRate(access, clock.GetUtcNow().AddDays(-30), cancellation)).ToResult();

    private static string? Patient(Opening opening) => opening.Person is { } person ? person.ToString()
        : opening.Patient is { } reference && reference.StartsWith("Patient/", StringComparison.Ordinal) && reference.Length > 8 ? reference[8..] : null;
}

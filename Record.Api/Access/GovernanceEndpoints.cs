using Record.Core;

namespace Record.Api;

/// <summary>Legal holds and subject access, for the privacy officers of each controller.</summary>
internal static class GovernanceEndpoints
{
    public static void MapGovernance(this IEndpointRouteBuilder routes)
    {
        var holds = routes.MapGroup("/access/holds").WithTags("Access").RequireAuthorization(Activities.Audit);
        holds.MapGet("", async (Access access, GovernanceStore store, CancellationToken cancellation) => (await store.HoldsOf(access, cancellation)).ToResult()).WithSummary("Legal holds of the organisation");
        holds.MapPost("", Place).WithSummary("Hold a person, or all that the organisation holds: nothing of it is deleted");
        holds.MapPost("/{id:guid}/release", async (Guid id, Access access, GovernanceStore store, CancellationToken cancellation) => (await store.EndHold(access, id, cancellation)).ToResult()).WithSummary("End a hold");

        var requests = routes.MapGroup("/access/subject-access").WithTags("Access").RequireAuthorization(Activities.Audit);
        requests.MapPost("", async (Request request, Access access, GovernanceStore store, CancellationToken cancellation) => (await store.PrepareFor(access, request.Person, cancellation)).ToResult()).WithSummary("Gather what the organisation holds of a person");
        requests.MapPost("/{id:guid}/review", async (Guid id, Review review, Access access, GovernanceStore store, CancellationToken cancellation) =>
            (await store.ReviewItems(access, id, review.Withheld ?? [], review.Note, cancellation)).ToResult()).WithSummary("Say what is withheld, and why");
        requests.MapPost("/{id:guid}/release", Release).WithSummary("Give out the rest, once");
    }

    private sealed record Holding(string? Patient, bool Organisation, string? Reason);

    private sealed record Request(Guid Person);

    private sealed record Review(string[]? Withheld, string? Note);

    private static async Task<IResult> Place(Holding holding, Access access, GovernanceStore store, CancellationToken cancellation)
    {
        var patient = holding.Patient is { } reference && reference.StartsWith("Patient/", StringComparison.Ordinal) ? reference[8..] : null;
        if (patient is null != holding.Organisation) return AccessErrors.NotAPatient.ToProblem();
        return (await store.Hold(access, patient, holding.Reason, cancellation)).ToResult();
    }

    private static async Task<IResult> Release(Guid id, Access access, GovernanceStore store, HttpResponse response, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        var released = await store.ReleaseItems(access, id, cancellation);
        return released.TryGet(out var bundle, out var error) ? TypedResults.Bytes(bundle, "application/fhir+json", $"subject-access-{id:N}.json") : error.ToProblem();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Record.Api.Worklists;
using Record.Core;
using Record.Core.Feeds;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Journeys;
using Record.Core.Organisations;
using Record.Core.Referrals;
using Record.Core.Worklists;

namespace Record.Api.Referrals;

/// <summary>Sending a referral, and the receiver's answer.</summary>
internal static class ReferralEndpoints
{
    private static readonly string[] Priorities = ["routine", "urgent", "asap", "stat"];

    public static void MapReferrals(this IEndpointRouteBuilder routes)
    {
        var referrals = routes.MapGroup("/referrals").WithTags("Referrals").RequireAuthorization(Activities.Worklists);
        referrals.MapPost("", Send).WithSummary("Refer a person to a team");
        referrals.MapPost("/{task}/accept", Accept).WithSummary("Take a referral on");
        referrals.MapPost("/{task}/reject", Reject).WithSummary("Send a referral back, with the reason");
    }

    private sealed record NewReferral(Guid Person, string? To, string? From, string? Reason, string? Priority, string? Key);

    private sealed record Rejection(string? Reason);

    private static async Task<IResult> Send(
        NewReferral referral, Access access, ResourceStore store, LinkStore links, CareSystem system, Worklist worklist, TimeProvider clock, CancellationToken cancellation)
    {
        if (system.Organisation(referral.To ?? "") is not { } receiver) return ReferralErrors.UnknownReceiver.ToProblem();
        if (string.IsNullOrWhiteSpace(referral.Reason)) return ReferralErrors.WhyMissing.ToProblem();
        var priority = string.IsNullOrEmpty(referral.Priority) ? "routine" : referral.Priority;
        if (!Priorities.Contains(priority)) return ReferralErrors.UnknownPriority.ToProblem();
        var sender = referral.From is { } from && worklist.OwnersOf(access).Contains(from) ? from : access.Teams.Count > 0 ? access.Teams[0] : access.Organisation;
        var patients = await links.PatientsOf(access, referral.Person, cancellation);
        var found = await store.Compartment(access, [.. patients.Select(link => link.Patient)], ["Patient"], "referral", cancellation);
        if (!found.TryGet(out var resources, out var error)) return error.ToProblem();
        if (resources.Count == 0) return FhirErrors.NotFound.ToProblem();
        var patient = resources.OrderByDescending(r => Demographics.NhsNumber(r.Json()).Status == "01").First();
        var request = Request(patient, sender, receiver.Id, referral.Reason.Trim(), priority, clock.GetUtcNow());
        // The same form sent twice carries the same key, and makes one referral.
        var id = string.IsNullOrEmpty(referral.Key) ? Guid.CreateVersion7().ToString() : SourceIds.Of("record", $"referral-form|{access.User}", referral.Key);
        await using var transaction = await store.Begin(access, "api", cancellation);
        if (await transaction.Find("ServiceRequest", id, cancellation) is not null) return TypedResults.Json(new { id }, statusCode: StatusCodes.Status201Created);
        transaction.Put("ServiceRequest", id, request, 0);
        var saved = await transaction.Commit(cancellation);
        return saved.TryGet(out _, out error) ? TypedResults.Json(new { id }, statusCode: StatusCodes.Status201Created) : error.ToProblem();
    }

    private static async Task<IResult> Accept(string task, Access access, ResourceStore store, Worklist worklist, TimeProvider clock, CancellationToken cancellation)
    {
        var found = await WorklistEndpoints.TaskOf(task, access, store, worklist, cancellation);
        if (!found.TryGet(out var sent, out var error)) return error.ToProblem();
        if (!ReferralTask.Accept(sent.Json(), clock.GetUtcNow()).TryGet(out var accepted, out error)) return error.ToProblem();
        return await WorklistEndpoints.Save(store, access, [("Task", task, accepted, sent.Version)], cancellation);
    }

    private static async Task<IResult> Reject(
        string task, Rejection? rejection, Access access, ResourceStore store, Worklist worklist, TimeProvider clock, CancellationToken cancellation)
    {
        var found = await WorklistEndpoints.TaskOf(task, access, store, worklist, cancellation);
        if (!found.TryGet(out var sent, out var error)) return error.ToProblem();
        if (!ReferralTask.Reject(task, sent.Json(), rejection?.Reason, clock.GetUtcNow()).TryGet(out var made, out error)) return error.ToProblem();
        return await WorklistEndpoints.Save(store, access, [("Task", task, made.Rejected, sent.Version), ("Task", made.Id, made.AtSender, 0)], cancellation);
    }

    private static JsonObject Request(StoredResource patient, string sender, string receiver, string reason, string priority, DateTimeOffset now)
    {
        var request = new JsonObject { ["resourceType"] = "ServiceRequest" };
        if (patient.Json()["meta"]?["tag"] is { } tags) request["meta"] = new JsonObject { ["tag"] = tags.DeepClone() };
        request["status"] = "active";
        request["intent"] = "order";
        request["priority"] = priority;
        request["code"] = new JsonObject { ["text"] = reason.Length > 120 ? reason[..117] + "…" : reason };
        request["subject"] = new JsonObject { ["reference"] = patient.Reference };
        request["authoredOn"] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        request["requester"] = new JsonObject { ["reference"] = $"Organization/{sender}" };
        request["performer"] = new JsonArray(new JsonObject { ["reference"] = $"Organization/{receiver}" });
        request["reasonCode"] = new JsonArray(new JsonObject { ["text"] = reason });
        return request;
    }
}

using System.Text.Json.Nodes;
using Record.Api.Fhir;
using Record.Core;
using Record.Core.Feeds.Bars;

namespace Record.Api.Feeds;

/// <summary>BaRS: referrals and bookings of other organisations' systems through one operation. Errors are those of BaRS.</summary>
internal static class BarsEndpoints
{
    private const string RequestId = "X-Request-ID", CorrelationId = "X-Correlation-ID";

    public static void MapBars(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/fhir/$process-message", Process).WithTags("BaRS").WithSummary("A referral or booking message; each X-Request-ID once");
        routes.MapGet("/feeds/conversations/{correlation:guid}", async (Guid correlation, Access access, BarsStore store, CancellationToken cancellation) =>
            (await store.Conversation(access, correlation, cancellation)).ToResult()).WithTags("BaRS").WithSummary("The requests of one X-Correlation-ID");
    }

    private static async Task<IResult> Process(HttpContext http, Access access, BarsStore store, CancellationToken cancellation)
    {
        foreach (var name in (string[])[RequestId, CorrelationId])
            if (http.Request.Headers[name].FirstOrDefault() is { Length: > 0 and < 100 } said && Guid.TryParse(said, out var id)) http.Response.Headers[name] = id.ToString();
        var answer = await store.Process(access, http.Request.Headers[RequestId], http.Request.Headers[CorrelationId], await FhirBody.Bytes(http.Request, cancellation), cancellation);
        return answer.TryGet(out var bundle, out var error)
            ? TypedResults.Text(bundle.ToJsonString(), "application/fhir+json")
            : TypedResults.Text(Outcome(error).ToJsonString(), "application/fhir+json", statusCode: Problems.StatusOf(error.Kind));
    }

    private static JsonObject Outcome(RecordError error) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(new JsonObject
        {
            ["severity"] = "error",
            ["code"] = error.Code == "REC_CONFLICT" ? "duplicate" : Problems.IssueOf(error.Kind),
            ["details"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "https://fhir.nhs.uk/CodeSystem/http-error-codes", ["code"] = error.Code }) },
            ["diagnostics"] = error.Detail,
        }),
    };
}

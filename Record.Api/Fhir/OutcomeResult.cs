using System.Buffers;
using System.Text.Json;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>An error as an OperationOutcome. https://hl7.org/fhir/R4/operationoutcome.html</summary>
internal sealed class OutcomeResult(RecordError error) : IResult
{
    public const string MediaType = "application/fhir+json; charset=utf-8";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Problems.StatusOf(error.Kind);
        httpContext.Response.ContentType = MediaType;
        return httpContext.Response.Body.WriteAsync(Bytes(error), httpContext.RequestAborted).AsTask();
    }

    public static byte[] Bytes(RecordError error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "OperationOutcome");
            json.WriteStartArray("issue");
            json.WriteStartObject();
            json.WriteString("severity", "error");
            json.WriteString("code", Problems.IssueOf(error.Kind));
            json.WriteStartObject("details");
            json.WriteStartArray("coding");
            json.WriteStartObject();
            json.WriteString("system", "https://errors.mse-epr.nhs.uk");
            json.WriteString("code", error.Code);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("diagnostics", error.Detail);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>Errors as OperationOutcomes.</summary>
internal static class Outcomes
{
    public static IResult ToOutcome(this RecordError error) => new OutcomeResult(error);
}

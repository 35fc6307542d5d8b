using Record.Core;

namespace Record.Api.Fhir;

/// <summary>An error as the result of an endpoint that is no FHIR interaction but speaks FHIR.</summary>
internal sealed class OutcomeResult(RecordError error) : IResult
{
    public const string MediaType = FhirFormat.Json;

    public Task ExecuteAsync(HttpContext httpContext) => FhirStatus.Send(httpContext, error);
}

/// <summary>Errors as OperationOutcomes.</summary>
internal static class Outcomes
{
    public static IResult ToOutcome(this RecordError error) => new OutcomeResult(error);
}

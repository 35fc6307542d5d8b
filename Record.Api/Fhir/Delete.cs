using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR delete; the history stays, and what is not there is gone already. https://hl7.org/fhir/R4/http.html#delete</summary>
internal static class Delete
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Conditions.Expected(request.IfMatch).TryGet(out var expected, out var error)) return error;
        var answer = await Writing.Write(request, ResourceWrite.Delete(request.Type, request.Id, expected), cancellation);
        return answer.Error == FhirErrors.NotFound ? Nothing(request) : answer;
    }

    /// <summary>The answer where there was nothing to delete.</summary>
    public static Answer Nothing(FhirRequest request) => request.Prefer.Return == Return.Outcome
        ? new Answer(StatusCodes.Status200OK) { Content = Outcome.Information("There was nothing to delete.") }
        : new Answer(StatusCodes.Status204NoContent);
}

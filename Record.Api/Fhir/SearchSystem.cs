namespace Record.Api.Fhir;

/// <summary>Searches and histories across all types are not offered. https://hl7.org/fhir/R4/http.html#search</summary>
internal static class SearchSystem
{
    public static Task<Answer> Handle(FhirRequest request, CancellationToken cancellation) => Task.FromResult<Answer>(FhirRequestErrors.NotOffered("A search across all types"));

    public static Task<Answer> History(FhirRequest request, CancellationToken cancellation) => Task.FromResult<Answer>(FhirRequestErrors.NotOffered("A history of the whole system"));
}

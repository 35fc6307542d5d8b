namespace Record.Api.Fhir;

/// <summary>The whole FHIR surface. https://hl7.org/fhir/R4/http.html</summary>
internal static class FhirEndpoints
{
    public static void MapFhir(this IEndpointRouteBuilder routes)
    {
        var fhir = routes.MapGroup("/fhir").WithTags("FHIR");
        fhir.MapGet("/metadata", Metadata.Handle).AllowAnonymous();
        fhir.MapPost("", Transaction.Handle);
        fhir.MapGet("/Patient/{id}/$everything", Everything.Handle);
        fhir.MapGet("/{type}", SearchType.Get);
        fhir.MapPost("/{type}/_search", SearchType.Post).DisableAntiforgery();
        fhir.MapPost("/{type}", Create.Handle);
        fhir.MapGet("/{type}/{id}", Read.Handle);
        fhir.MapPut("/{type}/{id}", Update.Handle);
        fhir.MapDelete("/{type}/{id}", Delete.Handle);
        fhir.MapGet("/{type}/{id}/_history", History.Handle);
        fhir.MapGet("/{type}/{id}/_history/{version}", VersionRead.Handle);
        fhir.MapFallback(() => (IResult)new OutcomeResult(FhirRequestErrors.NoSuchInteraction));
    }
}

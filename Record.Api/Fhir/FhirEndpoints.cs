namespace Record.Api.Fhir;

/// <summary>The whole FHIR surface. https://hl7.org/fhir/R4/http.html</summary>
internal static class FhirEndpoints
{
    private static readonly string[] Get = ["GET", "HEAD"];

    public static void MapFhir(this WebApplication app)
    {
        var fhir = app.MapGroup("/fhir").WithTags("FHIR");
        var route = new FhirRoute(app.Services.GetRequiredService<FhirServices>());

        // the whole system
        fhir.MapMethods("/metadata", Get, route.Asks(Capabilities.Handle)).AllowAnonymous();
        fhir.MapPost("", route.Sends(Batch.Handle));
        fhir.MapMethods("", Get, route.Asks(SearchType.Handle));
        fhir.MapPost("/_search", route.Searches(SearchType.Handle));
        fhir.MapMethods("/_history", Get, route.Asks(History.Handle));
        fhir.MapPost("/$validate", route.AsksWithBody(Validate.Handle));
        var (import, status) = (app.Services.GetRequiredService<Import>(), app.Services.GetRequiredService<ImportStatus>());
        fhir.MapPost("/$import", route.Does(import.Handle));
        fhir.MapMethods("/$import-status/{job}", Get, route.Asks(status.Handle));
        fhir.MapMethods("/$import-status/{job}/errors", Get, route.Streams(status.Errors));
        fhir.MapDelete("/$import-status/{job}", route.Does(status.Cancel));
        fhir.MapMethods("/$meta", Get, route.Asks(Meta.InUse));

        // one type
        fhir.MapMethods("/{type}", Get, route.Asks(SearchType.Handle));
        fhir.MapPost("/{type}/_search", route.Searches(SearchType.Handle));
        fhir.MapPost("/{type}", route.Sends(Create.Handle));
        fhir.MapPut("/{type}", route.Sends(ConditionalUpdate.Handle));
        fhir.MapPatch("/{type}", route.Sends(ConditionalPatch.Handle, FhirFormat.JsonPatch));
        fhir.MapDelete("/{type}", route.Does(ConditionalDelete.Handle));
        fhir.MapMethods("/{type}/_history", Get, route.Asks(History.Handle));
        fhir.MapPost("/{type}/$validate", route.AsksWithBody(Validate.Handle));
        fhir.MapMethods("/{type}/$meta", Get, route.Asks(Meta.InUse));

        // one resource
        fhir.MapMethods("/{type}/{id}", Get, route.Asks(Read.Handle));
        fhir.MapPut("/{type}/{id}", route.Sends(Update.Handle));
        fhir.MapPatch("/{type}/{id}", route.Sends(Patch.Handle, FhirFormat.JsonPatch));
        fhir.MapDelete("/{type}/{id}", route.Does(Delete.Handle));
        fhir.MapMethods("/{type}/{id}/_history", Get, route.Asks(History.Handle));
        fhir.MapMethods("/{type}/{id}/_history/{version}", Get, route.Asks(VersionRead.Handle));
        fhir.MapPost("/{type}/{id}/$validate", route.AsksWithBody(Validate.Handle));
        fhir.MapMethods("/{type}/{id}/$meta", Get, route.Asks(Meta.Handle));
        fhir.MapPost("/{type}/{id}/$meta-add", route.Sends(Meta.Add));
        fhir.MapPost("/{type}/{id}/$meta-delete", route.Sends(Meta.Delete));
        fhir.MapMethods("/Patient/{id}/$everything", Get, route.Asks(Everything.Handle));
        fhir.MapPost("/Patient/{id}/$everything", route.AsksWithBody(Everything.Post));
        fhir.MapMethods("/{type}/{id}/{member}", Get, route.Asks(SearchCompartment.Handle));

        // what is not offered is refused by name
        fhir.MapMethods("/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle));
        fhir.MapMethods("/{type}/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle));
        fhir.MapMethods("/{type}/{id}/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle));
    }
}

using Needs = Microsoft.Extensions.Hosting.ScopeActions;

namespace Record.Api.Fhir;

/// <summary>The whole FHIR surface. https://hl7.org/fhir/R4/http.html</summary>
internal static class FhirEndpoints
{
    private static readonly string[] Get = ["GET", "HEAD"];

    public static void MapFhir(this WebApplication app)
    {
        var fhir = app.MapGroup("/fhir").WithTags("FHIR").RequireAuthorization(RecordAuthentication.AnyScope); // each route says what a scope must allow
        var route = new FhirRoute(app.Services.GetRequiredService<FhirServices>());

        // the whole system
        fhir.MapMethods("/metadata", Get, route.Asks(Capabilities.Handle, Needs.None)).AllowAnonymous();
        fhir.MapGet("/.well-known/smart-configuration", SmartConfiguration.Handle).AllowAnonymous();
        fhir.MapPost("", route.Sends(Batch.Handle, Needs.None));
        fhir.MapMethods("", Get, route.Asks(SearchType.Handle, Needs.Search));
        fhir.MapPost("/_search", route.Searches(SearchType.Handle));
        fhir.MapMethods("/_history", Get, route.Asks(History.Handle, Needs.Read | Needs.Search));
        fhir.MapPost("/$validate", route.AsksWithBody(Validate.Handle, Needs.None));
        var (import, status) = (app.Services.GetRequiredService<Import>(), app.Services.GetRequiredService<ImportStatus>());
        fhir.MapPost("/$import", route.Does(import.Handle, Needs.All));
        fhir.MapMethods("/$import-status/{job}", Get, route.Asks(status.Handle, Needs.All));
        fhir.MapMethods("/$import-status/{job}/errors", Get, route.Streams(status.Errors)).RequireAuthorization(Activities.Feeds);
        fhir.MapDelete("/$import-status/{job}", route.Does(status.Cancel, Needs.All));
        fhir.MapMethods("/$meta", Get, route.Asks(Meta.InUse, Needs.Read | Needs.Search));

        // one type
        fhir.MapMethods("/{type}", Get, route.Asks(SearchType.Handle, Needs.Search));
        fhir.MapPost("/{type}/_search", route.Searches(SearchType.Handle));
        fhir.MapPost("/{type}", route.Sends(Create.Handle, Needs.Create));
        fhir.MapPut("/{type}", route.Sends(ConditionalUpdate.Handle, Needs.Update | Needs.Search));
        fhir.MapPatch("/{type}", route.Sends(ConditionalPatch.Handle, Needs.Update | Needs.Search, FhirFormat.JsonPatch));
        fhir.MapDelete("/{type}", route.Does(ConditionalDelete.Handle, Needs.Delete | Needs.Search));
        fhir.MapMethods("/{type}/_history", Get, route.Asks(History.Handle, Needs.Read | Needs.Search));
        fhir.MapPost("/{type}/$validate", route.AsksWithBody(Validate.Handle, Needs.None));
        fhir.MapMethods("/{type}/$meta", Get, route.Asks(Meta.InUse, Needs.Read | Needs.Search));

        // one resource
        fhir.MapMethods("/{type}/{id}", Get, route.Asks(Read.Handle, Needs.Read));
        fhir.MapPut("/{type}/{id}", route.Sends(Update.Handle, Needs.Update));
        fhir.MapPatch("/{type}/{id}", route.Sends(Patch.Handle, Needs.Update, FhirFormat.JsonPatch));
        fhir.MapDelete("/{type}/{id}", route.Does(Delete.Handle, Needs.Delete));
        fhir.MapMethods("/{type}/{id}/_history", Get, route.Asks(History.Handle, Needs.Read));
        fhir.MapMethods("/{type}/{id}/_history/{version}", Get, route.Asks(VersionRead.Handle, Needs.Read));
        fhir.MapPost("/{type}/{id}/$validate", route.AsksWithBody(Validate.Handle, Needs.Read));
        fhir.MapMethods("/{type}/{id}/$meta", Get, route.Asks(Meta.Handle, Needs.Read));
        fhir.MapPost("/{type}/{id}/$meta-add", route.Sends(Meta.Add, Needs.Update));
        fhir.MapPost("/{type}/{id}/$meta-delete", route.Sends(Meta.Delete, Needs.Update));
        fhir.MapMethods("/Patient/{id}/$everything", Get, route.Asks(Everything.Handle, Needs.None));
        fhir.MapPost("/Patient/{id}/$everything", route.AsksWithBody(Everything.Post, Needs.None));
        fhir.MapMethods("/{type}/{id}/{member}", Get, route.Asks(SearchCompartment.Handle, Needs.None));

        // what is not offered is refused by name
        fhir.MapMethods("/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle, Needs.None));
        fhir.MapMethods("/{type}/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle, Needs.None));
        fhir.MapMethods("/{type}/{id}/${operation}", [.. Get, "POST"], route.Asks(Operations.Handle, Needs.None));
    }
}

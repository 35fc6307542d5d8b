using System.Text.Json.Nodes;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR capabilities: what is offered, type by type. https://hl7.org/fhir/R4/http.html#capabilities</summary>
internal static class Metadata
{
    private static readonly string[] Interactions = ["read", "vread", "create", "update", "delete", "history-instance", "search-type"];

    public static IResult Handle(HttpRequest request)
    {
        var capability = new JsonObject
        {
            ["resourceType"] = "CapabilityStatement",
            ["status"] = "active",
            ["date"] = "2026-11-24",
            ["kind"] = "instance",
            ["software"] = new JsonObject { ["name"] = "MSE shared record" },
            ["implementation"] = new JsonObject { ["description"] = "MSE shared record", ["url"] = FhirBase.Of(request) },
            ["fhirVersion"] = "4.0.1",
            ["format"] = new JsonArray("application/fhir+json"),
            ["rest"] = new JsonArray(new JsonObject
            {
                ["mode"] = "server",
                ["security"] = new JsonObject { ["description"] = "OAuth 2.0 bearer tokens; see the sign-in service's discovery document." },
                ["resource"] = new JsonArray([.. SearchParameters.ResourceTypes.Select(Type)]),
                ["interaction"] = new JsonArray(Code("transaction"), Code("batch")),
            }),
        };
        return TypedResults.Text(capability.ToJsonString(), OutcomeResult.MediaType);
    }

    private static JsonObject Type(string type)
    {
        var resource = new JsonObject
        {
            ["type"] = type,
            ["interaction"] = new JsonArray([.. Interactions.Select(Code)]),
            ["versioning"] = "versioned-update",
            ["readHistory"] = true,
            ["updateCreate"] = true,
            ["conditionalCreate"] = false,
            ["conditionalUpdate"] = false,
        };
        var parameters = SearchParameters.Named(type).Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["type"] = p.Kind });
        resource["searchParam"] = new JsonArray([.. parameters]);
        if (type == "Patient") resource["operation"] = new JsonArray(new JsonObject { ["name"] = "everything", ["definition"] = "http://hl7.org/fhir/OperationDefinition/Patient-everything" });
        return resource;
    }

    private static JsonNode Code(string code) => new JsonObject { ["code"] = code };
}

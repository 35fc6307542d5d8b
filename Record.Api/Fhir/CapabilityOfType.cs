using System.Text.Json.Nodes;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>What a CapabilityStatement says about one resource type.</summary>
internal static class CapabilityOfType
{
    private static readonly string[] Interactions = ["read", "vread", "create", "update", "patch", "delete", "history-instance", "history-type", "search-type"];

    private static readonly (string Name, string Definition)[] OfEveryType =
    [
        ("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"), ("meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta"),
        ("meta-add", "http://hl7.org/fhir/OperationDefinition/Resource-meta-add"), ("meta-delete", "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete"),
    ];

    /// <summary>Operations of the whole system.</summary>
    public static IReadOnlyList<(string Name, string Definition)> SystemOperations { get; } = [("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate")];

    public static JsonNode Of(string type)
    {
        var operations = OfEveryType.AsEnumerable();
        if (type == "Patient") operations = operations.Append(("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"));
        return new JsonObject
        {
            ["type"] = type,
            ["profile"] = $"http://hl7.org/fhir/StructureDefinition/{type}",
            ["interaction"] = new JsonArray([.. Interactions.Select(Code)]),
            ["versioning"] = "versioned-update",
            ["readHistory"] = true,
            ["updateCreate"] = true,
            ["conditionalCreate"] = true,
            ["conditionalRead"] = "full-support",
            ["conditionalUpdate"] = true,
            ["conditionalDelete"] = "single",
            ["referencePolicy"] = new JsonArray("literal", "logical"),
            ["searchParam"] = new JsonArray([.. SearchParameters.Named(type).Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["type"] = p.Kind })]),
            ["operation"] = new JsonArray([.. operations.Select(Operation)]),
        };
    }

    public static JsonNode Operation((string Name, string Definition) operation) => new JsonObject { ["name"] = operation.Name, ["definition"] = operation.Definition };

    public static JsonNode Code(string code) => new JsonObject { ["code"] = code };
}

using System.Text.Json.Nodes;
using Hl7.Fhir.Model;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>What a CapabilityStatement says about one resource type.</summary>
internal static class CapabilityOfType
{
    private static readonly string[] Interactions = ["read", "vread", "create", "update", "patch", "delete", "history-instance", "history-type", "search-type"];

    // Of every type, though no element of it is indexed for them.
    private static readonly (string Name, string Kind)[] OfColumns = [("_id", "token"), ("_lastUpdated", "date")];

    private static readonly ILookup<string, string> Referring = ModelInfo.SearchParameters
        .Where(parameter => parameter.Type == SearchParamType.Reference && SearchParameters.IsResourceType(parameter.Resource ?? ""))
        .SelectMany(parameter => parameter.Target ?? [], (parameter, target) => (Target: target.ToString(), Include: $"{parameter.Resource}:{parameter.Name}"))
        .ToLookup(pair => pair.Target, pair => pair.Include);

    private static readonly (string Name, string Definition)[] OfEveryType =
    [
        ("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"), ("meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta"),
        ("meta-add", "http://hl7.org/fhir/OperationDefinition/Resource-meta-add"), ("meta-delete", "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete"),
    ];

    /// <summary>Operations of the whole system.</summary>
    public static IReadOnlyList<(string Name, string Definition)> SystemOperations { get; } = [("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"), ("import", "https://smart-on-fhir.github.io/bulk-import/OperationDefinition/import")];

    public static JsonNode Of(string type)
    {
        var operations = OfEveryType.AsEnumerable();
        if (type == "Patient") operations = operations.Append(("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything")).Append(("match", "http://hl7.org/fhir/OperationDefinition/Patient-match"));
        var parameters = SearchParameters.Named(type).UnionBy(OfColumns, parameter => parameter.Name).ToList();
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
            ["searchInclude"] = new JsonArray([.. parameters.Where(p => p.Kind == "reference").Select(p => (JsonNode)$"{type}:{p.Name}")]),
            ["searchRevInclude"] = new JsonArray([.. Referring[type].Order(StringComparer.Ordinal).Select(include => (JsonNode)include)]),
            ["searchParam"] = new JsonArray([.. parameters.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["type"] = p.Kind })]),
            ["operation"] = new JsonArray([.. operations.Select(Operation)]),
        };
    }

    public static JsonNode Operation((string Name, string Definition) operation) => new JsonObject { ["name"] = operation.Name, ["definition"] = operation.Definition };

    public static JsonNode Code(string code) => new JsonObject { ["code"] = code };
}

using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>The codes of the value sets that bindings require, by code system.</summary>
internal sealed class Terminology(IReadOnlyList<JsonObject> resources)
{
    /// <summary>Value sets without a list of codes in the package: a grammar checks them, or nothing.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["http://hl7.org/fhir/ValueSet/mimetypes"] = "Any media type of BCP 13; Attachment and others also use short forms.",
        ["http://hl7.org/fhir/ValueSet/currencies"] = "ISO 4217 is not in the package; the grammar of its codes is checked.",
        ["http://hl7.org/fhir/ValueSet/ucum-units"] = "Any UCUM expression; only CodeableConcepts of three rare elements are bound to it.",
        ["http://loinc.org/vs/LL379-9"] = "A LOINC answer list that the package does not hold.",
    };

    private readonly Dictionary<string, JsonObject> valueSets = Index(resources, "ValueSet");
    private readonly Dictionary<string, JsonObject> codeSystems = Index(resources, "CodeSystem");

    public JsonObject Expanded { get; } = [];

    public JsonObject NotExpanded { get; } = [];

    /// <summary>Expands a value set once and gives its address without version.</summary>
    public string Require(string canonical)
    {
        var url = canonical.Split('|')[0];
        if (Open.TryGetValue(url, out var reason)) NotExpanded[url] = reason;
        else if (!Expanded.ContainsKey(url)) Expanded[url] = Expand(url);
        return url;
    }

    private JsonObject Expand(string url)
    {
        var compose = valueSets[url]["compose"]!.AsObject();
        if (compose.ContainsKey("exclude")) throw new NotSupportedException($"{url} excludes codes");
        var systems = new JsonObject();
        foreach (var include in compose["include"]!.AsArray().Select(node => node!.AsObject()))
        {
            if (include.ContainsKey("filter") || include.ContainsKey("valueSet")) throw new NotSupportedException($"{url} is not a plain list");
            var system = (string)include["system"]!;
            var codes = include["concept"] is JsonArray listed ? Codes(listed) : Codes(codeSystems[system]["concept"]!.AsArray());
            systems[system] = new JsonArray([.. (systems[system] is JsonArray already ? already.Select(code => (string)code!) : []).Concat(codes).Distinct().Select(code => (JsonNode)code)]);
        }

        return systems;
    }

    private static IEnumerable<string> Codes(JsonArray concepts) => concepts.SelectMany(concept =>
        Codes(concept!["concept"] as JsonArray ?? []).Prepend((string)concept["code"]!));

    private static Dictionary<string, JsonObject> Index(IReadOnlyList<JsonObject> resources, string type) => resources
        .Where(resource => (string?)resource["resourceType"] == type && resource.ContainsKey("url"))
        .DistinctBy(resource => (string)resource["url"]!).ToDictionary(resource => (string)resource["url"]!);
}

using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>Types and backbone elements with their children. Left out: texts, mappings, and what every element has (ele-1, ext-1).</summary>
internal sealed class Structures(Terminology terminology, Release release)
{
    private const string FhirType = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
    private const string Profile = "http://hl7.org/fhir/StructureDefinition/";
    private readonly Dictionary<(string Key, string Expression), int> known = [];

    public JsonArray Invariants { get; } = [];

    public JsonObject Types { get; } = [];

    /// <summary>Not profiles, not what later releases added, not logical models.</summary>
    public static bool IsOfR4(JsonObject definition) => definition is { } d && (string?)d["resourceType"] == "StructureDefinition"
        && (string?)d["fhirVersion"] == "4.0.1" && (string?)d["derivation"] != "constraint" && (string?)d["kind"] != "logical";

    public void Add(JsonObject definition)
    {
        var name = (string)definition["type"]!;
        var elements = release.Elements(definition);
        foreach (var (path, children) in elements.Where(e => Path(e).Contains('.')).GroupBy(e => Path(e)[..Path(e).LastIndexOf('.')]).ToDictionary(g => g.Key, g => g.ToList()))
        {
            var isRoot = path == name;
            var kind = isRoot ? (string)definition["kind"]! : "backbone";
            var type = new JsonObject { ["kind"] = kind };
            if (isRoot && (bool?)definition["abstract"] == true) type["abstract"] = true;
            if (Constraints(elements.Single(e => Path(e) == path)) is { Count: > 0 } constraints) type["inv"] = constraints;
            if (kind != "primitive-type") type["elements"] = new JsonArray([.. children.Select(child => Element(child, elements))]);
            Types[path] = type;
        }
    }

    private JsonObject Element(JsonObject source, List<JsonObject> all)
    {
        var path = Path(source);
        var element = new JsonObject { ["n"] = path[(path.LastIndexOf('.') + 1)..] };
        if ((int)source["min"]! is > 0 and var min) element["min"] = min;
        if ((string?)source["max"] is not "1" and var max) element["max"] = max;
        if ((string?)source["contentReference"] is { } content) element["t"] = new JsonArray(content.TrimStart('#'));
        else if (all.Exists(e => Path(e).StartsWith(path + ".", StringComparison.Ordinal))) element["t"] = new JsonArray(path);
        else element["t"] = new JsonArray([.. source["type"]!.AsArray().Select(type => (JsonNode)Code(path, type!))]);
        if (Targets(source) is { Count: > 0 } targets) element["to"] = targets;
        if (source["binding"] is JsonObject binding && (string?)binding["strength"] == "required") element["vs"] = terminology.Require((string)binding["valueSet"]!);
        if (element["t"]![0]!.GetValue<string>().Contains('.') is false && Constraints(source) is { Count: > 0 } constraints) element["inv"] = constraints;
        return element;
    }

    /// <summary>The type of an element; that of a resource's id is given as string in R4.0.1, and meant as id.</summary>
    private static string Code(string path, JsonNode type)
    {
        var code = (string)type["code"]!;
        if (!code.StartsWith("http://hl7.org/fhirpath/", StringComparison.Ordinal)) return code;
        var said = (string)type["extension"]!.AsArray().Single(extension => (string?)extension!["url"] == FhirType)!["valueUrl"]!;
        return said == "string" && path.EndsWith(".id", StringComparison.Ordinal) ? "element-id" : said;
    }

    /// <summary>Types that a Reference may point to; none where any will do, or where no Reference is allowed.</summary>
    private static JsonArray Targets(JsonObject source)
    {
        var references = (source["type"] as JsonArray ?? []).Where(type => (string?)type!["code"] == "Reference").SelectMany(type => type!["targetProfile"] as JsonArray ?? []);
        var names = references.Select(profile => (string)profile!).Where(profile => profile.StartsWith(Profile, StringComparison.Ordinal)).Select(profile => profile[Profile.Length..]).Distinct().ToList();
        return names.Contains("Resource") ? [] : [.. names.Select(name => (JsonNode)name)];
    }

    private JsonArray Constraints(JsonObject source) => [.. (source["constraint"] as JsonArray ?? [])
        .Where(constraint => (string?)constraint!["key"] is not ("ele-1" or "ext-1") && constraint["expression"] is not null)
        .Select(constraint => (JsonNode)Number(constraint!))];

    private int Number(JsonNode constraint)
    {
        var key = ((string)constraint["key"]!, (string)constraint["expression"]!);
        if (known.TryGetValue(key, out var number)) return number;
        Invariants.Add(new JsonObject { ["key"] = key.Item1, ["severity"] = (string)constraint["severity"]!, ["expression"] = key.Item2, ["human"] = (string)constraint["human"]! });
        return known[key] = Invariants.Count - 1;
    }

    private static string Path(JsonObject element) => (string)element["path"]!;
}

using System.Text.Json.Nodes;

namespace Record.Core.Identity.Matching;

/// <summary>
/// Ethnic category as UK Core carries it. Nobody is matched by it; how well matching does is told by it.
/// https://simplifier.net/hl7fhirukcorer4/extension-ukcore-ethniccategory
/// </summary>
public static class EthnicCategory
{
    private const string Url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory";
    private const string Codes = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland";

    // ETHNIC CATEGORY of the NHS Data Dictionary.
    private static readonly Dictionary<string, string> Displays = new()
    {
        ["A"] = "White British", ["B"] = "White Irish", ["C"] = "any other White", ["D"] = "White and Black Caribbean", ["E"] = "White and Black African", ["F"] = "White and Asian", ["G"] = "any other mixed",
        ["H"] = "Indian", ["J"] = "Pakistani", ["K"] = "Bangladeshi", ["L"] = "any other Asian", ["M"] = "Caribbean", ["N"] = "African", ["P"] = "any other Black", ["R"] = "Chinese", ["S"] = "any other", ["Z"] = "not stated", ["99"] = "not known",
    };

    /// <summary>What a code means; the code itself if it is none of these.</summary>
    public static string Display(string? code) => code is null ? "not said" : Displays.GetValueOrDefault(code, code);

    /// <summary>The code that a Patient carries; null if it carries none.</summary>
    public static string? Of(JsonObject patient)
    {
        foreach (var extension in (patient["extension"] as JsonArray ?? []).OfType<JsonObject>())
            if (Text(extension["url"]) == Url && (extension["valueCodeableConcept"]?["coding"] as JsonArray)?.FirstOrDefault() is JsonObject coding) return Text(coding["code"]);
        return null;
    }

    /// <summary>The extension that carries a code.</summary>
    public static JsonObject Extension(string code) => new()
    {
        ["url"] = Url,
        ["valueCodeableConcept"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = Codes, ["code"] = code, ["display"] = Display(code) }) },
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

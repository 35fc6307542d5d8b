using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Hl7.Fhir.Serialization;
using Testing;

namespace Suites.Tests.FhirPath;

/// <summary>One case of HL7's FHIRPath suite for R4 (FHIR/fhir-test-cases, Apache-2.0). Its id is its place and its name: a name is used twice.</summary>
internal sealed record FhirPathCase(string Id, string Expression, string? Input, string? Invalid, bool Strict, bool Predicate, bool Ordered, IReadOnlyList<(string? Type, string Value)> Outputs)
{
    private static readonly string Suite = Path.Combine(
        Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data"), "spec", "fhirpath-r4-tests.zip");

    /// <summary>All cases, in the order of the suite.</summary>
    public static IReadOnlyList<FhirPathCase> All { get; } = Read();

    /// <summary>The inputs as JSON by file name, converted by the SDK where the suite has XML.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Inputs { get; } = ReadInputs();

    private static List<FhirPathCase> Read()
    {
        using var zip = ZipFile.OpenRead(Suite);
        using var file = zip.Entries.Single(entry => entry.Name == "tests-fhir-r4.xml").Open();
        return [.. XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("test").Select(Read)];
    }

    private static FhirPathCase Read(XElement test, int at)
    {
        var expression = test.Element("expression")!;
        return new(
            $"{at + 1} {test.Attribute("name")!.Value}",
            expression.Value,
            test.Attribute("inputfile")?.Value,
            expression.Attribute("invalid")?.Value,
            test.Attribute("mode")?.Value == "strict",
            test.Attribute("predicate")?.Value == "true",
            test.Attribute("ordered")?.Value != "false",
            [.. test.Elements("output").Select(output => (output.Attribute("type")?.Value, output.Value))]);
    }

    private static Dictionary<string, JsonElement> ReadInputs()
    {
        using var zip = ZipFile.OpenRead(Suite);
        var inputs = new Dictionary<string, JsonElement>();
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.Contains("input/", StringComparison.Ordinal) && entry.Name.Length > 0))
        {
            using var reader = new StreamReader(entry.Open());
            var text = reader.ReadToEnd();
            inputs[entry.Name] = JsonDocument.Parse(entry.Name.EndsWith(".xml", StringComparison.Ordinal) ? ToJson(text) : text).RootElement;
        }

        return inputs;
    }

    private static string ToJson(string xml)
    {
        new FhirXmlDeserializer().TryDeserializeResource(xml, out var resource, out _); // one input has its elements out of order
        return new FhirJsonSerializer().SerializeToString(resource!);
    }
}

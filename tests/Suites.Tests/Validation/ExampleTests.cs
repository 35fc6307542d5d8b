using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Record.Core.Validation;
using Testing;
using Xunit;

namespace Suites.Tests.Validation;

/// <summary>Resources that nobody here wrote are valid, but for those that are listed with their reasons.</summary>
public class ExampleTests
{
    private static readonly string Suites = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");

    [Fact]
    public void Examples_of_the_specification() => Check("spec/hl7-r4-spec-examples.zip", 371, _ => true, KnownFaults.Hl7);

    [Fact]
    public void Examples_of_UK_Core() => Check("uk/ukcore-r4-examples-json.zip", 130, _ => true, KnownFaults.UkCore);

    [Fact]
    public void Examples_of_bookings_and_referrals() => Check("uk/bars-api-examples.zip", 85, _ => true, KnownFaults.Bars);

    [Fact]
    public void Examples_of_the_demographics_service() => Check("uk/pds-fhir-api-json.zip", 27, _ => true, KnownFaults.Pds);

    [Fact]
    public void Examples_of_e_referrals_in_R4() => Check("uk/ers-api-json.zip", 22, file => file.Contains("/r4/", StringComparison.Ordinal), KnownFaults.Ers);

    [Fact]
    public void Every_Synthea_bundle_and_every_resource_in_it()
    {
        var resources = 0;
        foreach (var (name, body) in Files("synthea/smart-synthea-r4-250.zip"))
        {
            var inBundle = ResourceValidator.Check(body);
            using var bundle = JsonDocument.Parse(body);
            foreach (var entry in bundle.RootElement.GetProperty("entry").EnumerateArray())
            {
                var faults = ResourceValidator.Check(entry.GetProperty("resource"));
                Assert.True(faults.Count == 0, $"{name}: {string.Join("; ", faults)}");
                resources++;
            }

            Assert.True(inBundle.Count == 0, $"{name}: {string.Join("; ", inBundle)}");
        }

        Assert.True(resources > 70_000, $"{resources}");
    }

    private static void Check(string zip, int resources, Func<string, bool> wanted, IReadOnlyDictionary<string, (string Reason, string[] Places)> known)
    {
        var files = Files(zip).Where(file => wanted(file.Name) && IsResource(file.Body)).ToList();
        var found = files.ToDictionary(file => file.Name, file => ResourceValidator.Check(file.Body).Select(issue => Regex.Replace(issue.Expression, @"\[\d+\]", "")).Distinct().Order().ToList());
        var faulty = found.Where(file => file.Value.Count > 0).Select(file => $"{file.Key}: {string.Join(", ", file.Value)}");

        Assert.Equal(resources, files.Count);
        Assert.Equal(known.Select(file => $"{file.Key}: {string.Join(", ", file.Value.Places.Order())}").Order(), faulty.Order());
        Assert.All(known.Values, fault => Assert.NotEmpty(fault.Reason));
    }

    private static bool IsResource(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("resourceType", out _);
    }

    private static IEnumerable<(string Name, byte[] Body)> Files(string zip)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Suites, zip));
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var open = entry.Open();
            using var body = new MemoryStream();
            open.CopyTo(body);
            yield return (entry.FullName, body.ToArray());
        }
    }
}

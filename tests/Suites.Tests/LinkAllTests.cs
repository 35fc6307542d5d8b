using System.Text.Json.Nodes;
using Record.Core.Identity.Evaluation;
using Record.Core.Identity.Matching;
using Record.Tests.Identity;
using Testing;
using Xunit;

namespace Suites.Tests;

/// <summary>The given sets linked all at once give what one by one gives.</summary>
public class LinkAllTests
{
    public static TheoryData<string, string, int> Sets => new()
    {
        { "febrl-1-2.zip", "dataset1", 1000 }, { "splink-fake1000.zip", "fake_1000", 1000 }, { "splink-historical-uk-fifth.zip", "historical_figures", 1200 },
    };

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Everybody_at_once_gives_the_persons_and_questions_that_one_by_one_gives(string file, string name, int most)
    {
        var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        var patients = LinkageSet.ReadAll(Path.Combine(data, "linkage", file)).Single(read => read.Name == name).Subjects.Take(most)
            .Select((subject, i) => (Id: $"r{i:00000}", Patient: Fhir(subject))).ToDictionary(record => record.Id, record => record.Patient);
        await using var one = await LinkedPopulation.Of(patients);
        await using var all = await LinkedPopulation.Of(patients);

        await one.OneByOne(patients.Keys);
        await all.AtOnce();

        await one.MustEqual(all);
    }

    // The set as a source system would send it.
    private static JsonObject Fhir(MatchSubject subject)
    {
        static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];
        var patient = new JsonObject { ["resourceType"] = "Patient", ["name"] = new JsonArray(new JsonObject { ["family"] = string.Join(' ', subject.Family), ["given"] = Array(subject.Given) }) };
        if (subject.BirthDate is { Length: 8 } born && DateOnly.TryParseExact(born, "yyyyMMdd", out var date)) patient["birthDate"] = date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (subject.Sex is { } sex) patient["gender"] = sex == 'm' ? "male" : "female";
        if (subject.Postcodes.Count + subject.Addresses.Count + subject.Localities.Count > 0)
            patient["address"] = new JsonArray(new JsonObject { ["line"] = Array(subject.Addresses.Take(1)), ["city"] = subject.Localities is [var city, ..] ? city : null, ["postalCode"] = subject.Postcodes is [var code, ..] ? code : null });
        if (subject.Emails.Count > 0) patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "email", ["value"] = subject.Emails[0] });
        return patient;
    }
}

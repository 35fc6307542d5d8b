using System.Text;
using Record.Api.Tests;
using Xunit;

namespace Suites.Tests.Fhir;

/// <summary>
/// Examples that nobody here wrote go in by PUT or POST and come back equal. What is refused is listed with its reason; what is listed and is
/// taken fails the test too.
/// </summary>
public class ExampleTests(RecordApi api) : IClassFixture<RecordApi>
{
    [Fact]
    public Task The_examples_of_the_R4_specification_come_back_equal() => ComeBackEqual("spec/hl7-r4-spec-examples.zip", 371, ExampleExceptions.OfSpecification);

    [Fact]
    public Task The_examples_of_UK_Core_come_back_equal() => ComeBackEqual("uk/ukcore-r4-examples-json.zip", 130, ExampleExceptions.OfUkCore);

    [Fact]
    public Task The_examples_of_BaRS_come_back_equal() => ComeBackEqual("uk/bars-api-examples.zip", 86, ExampleExceptions.OfBars);

    [Fact]
    public Task The_examples_of_PDS_come_back_equal() => ComeBackEqual("uk/pds-fhir-api-json.zip", 27, ExampleExceptions.OfPds);

    private async Task ComeBackEqual(string suite, int files, IReadOnlyDictionary<string, string> exceptions)
    {
        var examples = Example.Of(suite);
        var refused = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var example in examples)
            if (await Fault(example) is { } fault) refused.Add(example.Name, fault);

        Assert.Equal(files, examples.Count);
        var unexpected = refused.Where(one => !exceptions.TryGetValue(one.Key, out var reason) || !one.Value.Contains(reason, StringComparison.Ordinal)).Select(one => $"{one.Key}: {one.Value}").ToList();
        Assert.True(unexpected.Count == 0, string.Join('\n', unexpected));
        Assert.Equal([], exceptions.Keys.Except(refused.Keys)); // no longer refused: take them off the list
    }

    // Why an example does not come back as it went in; null if it does.
    private async Task<string?> Fault(Example example)
    {
        if (example.Text("resourceType") is not { } type) return "no resource";
        var body = Encoding.UTF8.GetString(example.Bytes);
        var sent = example.Text("id") is { } id ? await api.Put($"/{type}/{id}", body) : await api.Post($"/{type}", body);
        if ((int)sent.Status is not (200 or 201)) return $"{(int)sent.Status} {string.Join(" | ", sent.Json.GetProperty("issue").EnumerateArray().Select(issue => issue.TryGetProperty("expression", out var at) ? $"{at[0]}: {issue.GetProperty("diagnostics")}" : $"{issue.GetProperty("diagnostics")}"))}";
        var read = await api.Get($"/{type}/{sent.Id}");
        return Example.Content(example.Bytes) == Example.Content(read.Bytes) ? null : "other content";
    }
}

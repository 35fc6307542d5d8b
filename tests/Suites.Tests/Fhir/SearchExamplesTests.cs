using System.IO.Compression;
using Hl7.Fhir.ElementModel;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Fhir;
using Testing;
using Xunit;
using Xunit.Abstractions;
using Task = System.Threading.Tasks.Task;

namespace Suites.Tests.Fhir;

/// <summary>
/// HL7's own examples, searched by every parameter with questions made from their content, and each answer compared with that
/// of a plain search in memory over the SDK's classes and its FHIRPath.
/// </summary>
public sealed class SearchExamplesTests(SearchExamplesTests.Examples examples, ITestOutputHelper output) : IClassFixture<SearchExamplesTests.Examples>
{
    private static readonly Access Reader = Access.OfService("examples"); // who may see what is another test's affair

    // The patient stands inside the resource that refers to it: a contained resource is not searched as a Patient here.
    private static readonly HashSet<string> Exceptions =
        ["Observation?patient:missing=true", "Observation?patient:missing=false", "QuestionnaireResponse?patient:missing=true", "QuestionnaireResponse?patient:missing=false"];

    public static TheoryData<SearchParamType> Kinds =>
        [SearchParamType.Token, SearchParamType.String, SearchParamType.Reference, SearchParamType.Uri, SearchParamType.Date, SearchParamType.Number, SearchParamType.Quantity];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_question_has_the_same_answer_as_a_plain_search_in_memory(SearchParamType kind)
    {
        var (asked, wrong) = (0, new List<string>());
        foreach (var definition in ModelInfo.SearchParameters.Where(d => d.Type == kind && d.Expression is { Length: > 0 } && d.Name![0] != '_' && examples.ByType.ContainsKey(d.Resource!)))
        {
            var selected = examples.ByType[definition.Resource!].Select(example => (example.Id, Elements: Examples.Select(example.Resource, definition))).ToList();
            foreach (var question in NaiveQuestions.Of(definition.Name!, kind, [.. selected.SelectMany(s => s.Elements)], target => (definition.Target ?? []).Any(t => t.ToString() == target), examples.There).Where(question => !Exceptions.Contains($"{definition.Resource}?{question.Text}")))
            {
                var expected = selected.Where(s => question.Answers(s.Elements)).Select(s => s.Id).Order(StringComparer.Ordinal);
                var found = await examples.Ids(definition.Resource!, question.Text);
                asked++;
                if (!expected.SequenceEqual(found)) wrong.Add($"{definition.Resource}?{question.Text}: expected [{string.Join(' ', expected)}], found [{string.Join(' ', found)}]");
            }
        }

        output.WriteLine($"{asked} questions, {wrong.Count} differ");
        Assert.True(asked > 50);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {asked} differ:\n{string.Join('\n', wrong.Take(40))}");
    }

    /// <summary>The examples in the record, and as the SDK reads them.</summary>
    public sealed class Examples : IAsyncLifetime
    {
        private readonly PostgresDatabase database = new();
        private NpgsqlDataSource? source;
        private AuditLog? audit;
        private ResourceStore? store;

        public Dictionary<string, List<(string Id, Resource Resource)>> ByType { get; } = [];

        public HashSet<string> There { get; } = [];

        public async Task InitializeAsync()
        {
            await database.InitializeAsync();
            source = NpgsqlDataSource.Create(database.As("record_worker") + ";Max Auto Prepare=200");
            audit = new AuditLog(source, TimeProvider.System);
            store = new ResourceStore(source, audit, TimeProvider.System);
            var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
            using var zip = await ZipFile.OpenReadAsync(Path.Combine(data, "spec", "hl7-r4-spec-examples.zip"));
            foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)))
            {
                using var content = new MemoryStream();
                await using (var stream = await entry.OpenAsync()) await stream.CopyToAsync(content);
                await Put(content.ToArray());
            }
        }

        public static List<Base> Select(Resource resource, SearchParamDefinition definition)
        {
            var context = new FhirEvaluationContext { ElementResolver = Resolve };
            return [.. resource.Select(definition.Expression!, context).OfType<Base>()];
        }

        public async Task<List<string>> Ids(string type, string question)
        {
            var parameters = question.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1]))).Append(KeyValuePair.Create("_count", "1000"));
            if (!SearchQuery.Parse(type, parameters).TryGet(out var query, out var error)) return [error.Detail];
            var answer = await store!.Search(Reader, query, CancellationToken.None);
            return answer.TryGet(out var page, out error) ? [.. page.Matches.Select(match => match.Id).Order(StringComparer.Ordinal)] : [error.Detail];
        }

        public async Task DisposeAsync()
        {
            await store!.DisposeAsync();
            await audit!.DisposeAsync();
            await source!.DisposeAsync();
            await database.DisposeAsync();
        }

        private async Task Put(byte[] json)
        {
            var resource = Parse(json);
            if (resource?.Id is null || !There.Add($"{resource.TypeName}/{resource.Id}")) return;
            (ByType.TryGetValue(resource.TypeName, out var known) ? known : ByType[resource.TypeName] = []).Add((resource.Id, resource));
            var written = await store!.Write(Reader, ResourceWrite.Update(resource.TypeName, resource.Id, json), CancellationToken.None);
            Assert.True(written.IsSuccess);
        }

        private static Resource? Parse(byte[] json)
        {
            var reader = new System.Text.Json.Utf8JsonReader(json);
            new BaseFhirJsonDeserializer(ModelInfo.ModelInspector).TryDeserializeResource(ref reader, out var resource, out _);
            return resource;
        }

        // What a reference is of is said by its address.
        private static PocoNode? Resolve(string reference)
        {
            var parts = reference.Split("/_history/")[0].Split('/');
            return parts.Length >= 2 && ModelInfo.GetTypeForFhirType(parts[^2]) is { } type && Activator.CreateInstance(type) is Resource resource ? resource.ToPocoNode() : null;
        }
    }
}

using System.IO.Compression;
using System.Text.Json;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;
using Record.Core.Fhir;
using Record.Core.FhirPath;
using Testing;
using Xunit;

namespace Suites.Tests.FhirPath;

/// <summary>R4's search parameters as FHIRPath, on HL7's examples: this engine, the extraction that fills the search index and the SDK's engine select the same.</summary>
public class SearchExpressionTests
{
    private static readonly FhirPathEnvironment Environment = new() { Resolve = ByType };

    /// <summary>Parameters whose values the index takes from elsewhere, each with its reason.</summary>
    private static readonly Dictionary<string, string> Differences = new()
    {
        ["Observation.combo-code"] = "The index keeps the two parameters that it unites.",
        ["Observation.combo-data-absent-reason"] = "The index keeps the two parameters that it unites.",
        ["Observation.combo-value-concept"] = "The index keeps the two parameters that it unites.",
        ["Observation.combo-value-quantity"] = "The index keeps the two parameters that it unites.",
        ["Observation.patient"] = "The index does not look into contained resources: «#newborn» is not known to be a Patient.",
        ["QuestionnaireResponse.patient"] = "The index does not look into contained resources: «#patsub» is not known to be a Patient.",
        ["Patient.deceased"] = "The index keeps the element and reads it as true or false.",
    };

    [Fact]
    public void Every_expression_compiles()
    {
        var expressions = ModelInfo.SearchParameters.Where(parameter => !string.IsNullOrEmpty(parameter.Expression)).ToList();

        Assert.Equal(1697, expressions.Count);
        Assert.All(expressions, parameter => FhirPathExpression.Compile(parameter.Expression!));
    }

    [Fact]
    public void The_search_index_is_filled_with_what_the_expressions_select()
    {
        var different = new HashSet<string>();
        foreach (var (name, resource) in Examples())
        {
            var type = resource.GetProperty("resourceType").GetString()!;
            var indexed = new Dictionary<string, HashSet<string>>();
            SearchParameters.Tree(type).Walk(resource, indexed, Keep);
            foreach (var parameter in Parameters(type).Where(parameter => parameter.Type != SearchParamType.Composite))
                if (!indexed.GetValueOrDefault(parameter.Name!, []).SetEquals(Selected(parameter.Expression!, resource).Select(node => Text(node.Element))))
                    different.Add($"{type}.{parameter.Name}");
        }

        Assert.Equal(Differences.Keys.Order(), different.Order());
    }

    [Fact]
    public void The_engine_of_the_SDK_selects_as_many_elements()
    {
        var different = new HashSet<string>();
        var compared = 0;
        foreach (var (name, resource) in Examples())
        {
            var type = resource.GetProperty("resourceType").GetString()!;
            if (!new FhirJsonDeserializer().TryDeserializeResource(resource.GetRawText(), out var poco, out _)) continue;
            var node = poco!.ToPocoNode(ModelInfo.ModelInspector);
            foreach (var parameter in Parameters(type).Where(parameter => !parameter.Expression!.Contains("resolve()", StringComparison.Ordinal)))
            {
                compared++;
                var theirs = node.Select(parameter.Expression!, new FhirEvaluationContext()).Count();
                var ours = Selected(parameter.Expression!, resource).Count;
                if (theirs != ours) different.Add($"{type}.{parameter.Name} in {name}: {ours}, theirs {theirs}");
            }
        }

        Assert.True(compared > 4000, $"{compared}");
        Assert.Empty(different);
    }

    private static IEnumerable<SearchParamDefinition> Parameters(string type) =>
        ModelInfo.SearchParameters.Where(parameter => parameter.Resource == type && !string.IsNullOrEmpty(parameter.Expression));

    private static IReadOnlyList<FhirPathNode> Selected(string expression, JsonElement resource) =>
        FhirPathExpression.Compile(expression).Evaluate(FhirPathNode.OfResource(resource), environment: Environment);

    private static FhirPathNode? ByType(string reference) =>
        reference.Split('/') is [.., var type, _] && ModelInfo.IsKnownResource(type) ? FhirPathNode.OfType(type) : null;

    private static void Keep(Record.Core.Fhir.SearchParameter? parameter, JsonElement element, Dictionary<string, HashSet<string>> into)
    {
        if (parameter is null) return;
        if (!into.TryGetValue(parameter.Name, out var values)) into[parameter.Name] = values = [];
        foreach (var item in element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : new[] { element })
            values.Add(Text(item));
    }

    private static string Text(JsonElement element) =>
        element.ValueKind switch { JsonValueKind.Undefined => "", JsonValueKind.String => element.GetString()!, _ => element.GetRawText() };

    private static IEnumerable<(string Name, JsonElement Resource)> Examples()
    {
        var data = System.Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        using var zip = ZipFile.OpenRead(Path.Combine(data, "spec", "hl7-r4-spec-examples.zip"));
        foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.TryGetProperty("resourceType", out _)) yield return (entry.Name, document.RootElement);
        }
    }
}

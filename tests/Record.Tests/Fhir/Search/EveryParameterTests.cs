using Hl7.Fhir.Model;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Every search parameter of R4 with every modifier and prefix that its kind has. https://hl7.org/fhir/R4/searchparameter-registry.html</summary>
public class EveryParameterTests(RecordStore record) : IClassFixture<RecordStore>
{
    public static TheoryData<string> Types => [.. SearchParameters.ResourceTypes];

    [Theory]
    [MemberData(nameof(Types))]
    public async System.Threading.Tasks.Task It_is_understood_and_answered(string type)
    {
        foreach (var definition in ModelInfo.SearchParameters.Where(d => d.Resource == type && d.Name is not ("_query" or "_filter")))
            foreach (var question in Questions(definition))
            {
                var page = await record.Page(type, question, access: record.System);

                Assert.DoesNotContain(page.Matches, match => match.Type != type);
            }
    }

    [Fact]
    public void None_of_the_list_is_left_out()
    {
        var unknown = ModelInfo.SearchParameters
            .Where(d => SearchParameters.IsResourceType(d.Resource!) && d.Name is not ("_id" or "_lastUpdated" or "_text" or "_content" or "_query" or "_filter" or "_type"))
            .Where(d => !SearchParameters.Of(d.Resource!).ContainsKey(d.Name!)).Select(d => $"{d.Resource}.{d.Name}");

        Assert.Empty(unknown);
        Assert.True(ModelInfo.SearchParameters.Count > 1350);
    }

    private static List<string> Questions(SearchParamDefinition definition)
    {
        var name = definition.Name!;
        if (name is "_id") return ["_id=x,y"];
        if (name is "_lastUpdated") return ["_lastUpdated=ge2020&_lastUpdated=lt2021-05"];
        if (name is "_text" or "_content") return [$"{name}=word"];
        string[] values = definition.Type switch
        {
            SearchParamType.Token => ["a", "s|a", "|a", "s|", "a,s|b,|c"],
            SearchParamType.String => ["a", "a,b"],
            SearchParamType.Date => ["2020", "ne2020-01", "gt2020-01-01", "lt2020-01-01T10:00", "ge2020-01-01T10:00:00Z", "le2020-01-01T10:00:00.123%2B01:00", "sa2020", "eb2020", "ap2020", "2019,2020,gt2021"],
            SearchParamType.Number => ["5", "ne5.0", "gt1e2", "lt-5", "ge5", "le5", "sa5", "eb5", "ap5", "4,5,gt6"],
            SearchParamType.Quantity => ["5.4", "5.4||mg", "gt5.4|http://unitsofmeasure.org|mg", "ap5.4|http://example.org|x", "1,2|http://unitsofmeasure.org|kg,3||g"],
            SearchParamType.Uri => ["http://example.org/a", "urn:oid:1.2,urn:x"],
            SearchParamType.Special => ["51.5|-0.1", "51.5|-0.1|10|km", "51.5|-0.1|2|[mi_us]"],
            SearchParamType.Reference => ["x", $"{Target(definition)}/x", "http://example.org/fhir/Patient/1", "x,y"],
            _ => [],
        };
        var questions = values.Select(value => $"{name}={value}").ToList();
        if (definition.Type == SearchParamType.Composite) questions.Add($"{name}={string.Join('$', (definition.Component ?? []).Select(part => Part(part.Definition!)))}");
        questions.AddRange([$"{name}:missing=true", $"{name}:missing=false"]);
        if (definition.Type is not (SearchParamType.Composite or SearchParamType.Special)) questions.AddRange([$"_sort={name}", $"_sort=-{name},_id"]);
        questions.AddRange(definition.Type switch
        {
            SearchParamType.Token => [$"{name}:not=a,b", $"{name}:text=word", $"{name}:of-type=s|c|v"],
            SearchParamType.String => [$"{name}:exact=Aé", $"{name}:contains=b"],
            SearchParamType.Uri => [$"{name}:above=http://example.org/a/b", $"{name}:below=http://example.org"],
            SearchParamType.Reference => [$"{name}:identifier=s|v", $"{name}:{Target(definition)}=x", $"{name}:{Target(definition)}._id=x", $"{name}:{Target(definition)}._tag:not=a",
                $"_include={definition.Resource}:{name}", $"_include:iterate={definition.Resource}:{name}:{Target(definition)}", $"_revinclude={definition.Resource}:{name}"],
            _ => new List<string>(),
        });
        return questions;
    }

    private static string Target(SearchParamDefinition definition) => definition.Name != "patient" && definition.Target is { Length: > 0 } targets ? targets[0].ToString() : "Patient";

    private static string Part(string url) => ModelInfo.SearchParameters.First(d => d.Url == url).Type switch
    {
        SearchParamType.Date => "gt2020",
        SearchParamType.Number => "5",
        SearchParamType.Quantity => "5.4|http://unitsofmeasure.org|mg",
        SearchParamType.Reference => "Patient/x",
        _ => "a",
    };
}

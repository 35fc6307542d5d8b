using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir;

/// <summary>Parameters that every resource has. https://hl7.org/fhir/R4/resource.html#search</summary>
public class CommonParameterTests(RecordStore record) : IClassFixture<RecordStore>
{
    [Theory]
    [InlineData("_tag", "https://fhir.mse-epr.nhs.uk/CodeSystem/origin|simulated")]
    [InlineData("_source", "urn:source:basildon-pas")]
    [InlineData("_profile", "https://example.test/profile")]
    public async Task Meta_is_searched(string name, string value)
    {
        var id = Guid.NewGuid().ToString();
        await record.Put("Patient", id, """
            {"resourceType":"Patient","meta":{"source":"urn:source:basildon-pas","profile":["https://example.test/profile"],
             "tag":[{"system":"https://fhir.mse-epr.nhs.uk/CodeSystem/origin","code":"simulated"}]}}
            """);
        Assert.True(SearchQuery.Parse("Patient", [new(name, value)]).TryGet(out var query, out _));

        Assert.True((await record.Store.Search(record.Machine, query, CancellationToken.None)).TryGet(out var page, out _));

        Assert.Contains(page.Matches, match => match.Id == id);
    }
}

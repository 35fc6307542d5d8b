using System.Text;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Criteria of conditional interactions inside a transaction. https://hl7.org/fhir/R4/http.html#ccreate</summary>
public class MatchTests(RecordStore record) : IClassFixture<RecordStore>
{
    [Theory]
    [InlineData("identifier=urn:mrn|{0}")]
    [InlineData("family={0}")]
    public async Task Of_many_who_create_conditionally_at_once_one_does(string question)
    {
        var value = Guid.NewGuid().ToString("N");
        Assert.True(SearchQuery.Parse("Patient", Searching.Parameters(string.Format(null, question, value))).TryGet(out var query, out _));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
            Assert.True((await transaction.Match(query, 2, CancellationToken.None)).TryGet(out var ids, out var error), error?.Detail);
            if (ids.Count > 0) return;
            transaction.Put("Patient", Guid.NewGuid().ToString(), Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"{{value}}"}],"name":[{"family":"{{value}}"}]}"""));
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }));

        Assert.Single((await record.Page("Patient", $"identifier=urn:mrn|{value}")).Matches);
    }

    [Fact]
    public async Task It_sees_what_the_transaction_has_flushed_and_tells_one_from_several()
    {
        Assert.True(SearchQuery.Parse("Organization", Searching.Parameters("name=flushed")).TryGet(out var query, out _));
        await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
        for (var n = 0; n < 3; n++) transaction.Put("Organization", $"flushed-{n}", """{"resourceType":"Organization","name":"Flushed"}"""u8.ToArray());
        await transaction.Flush(CancellationToken.None);

        Assert.True((await transaction.Match(query, 2, CancellationToken.None)).TryGet(out var ids, out _));

        Assert.Equal(["flushed-0", "flushed-1"], ids);
    }
}

using System.Globalization;
using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>History of a resource, a type and everything, a page at a time. https://hl7.org/fhir/R4/http.html#history</summary>
public class HistoryTests(RecordStore record) : IClassFixture<RecordStore>
{
    [Fact]
    public async Task Pages_hold_every_version_once_while_new_ones_are_written()
    {
        await Versions("Patient", "many", 12);

        var seen = new List<int>();
        var page = await Page("Patient", "many", "_count=5");
        Assert.Equal(12, page.Total);
        seen.AddRange(page.Versions.Select(version => version.Version));
        while (page.Next is { } next)
        {
            await Versions("Patient", "many", 1);
            page = await Page("Patient", "many", "_page=" + next);
            seen.AddRange(page.Versions.Select(version => version.Version));
            Assert.Equal(12, page.Total);
        }

        Assert.Equal(Enumerable.Range(1, 12).Reverse(), seen);
    }

    [Fact]
    public async Task A_types_history_has_the_versions_of_all_its_resources_newest_first()
    {
        await Versions("Location", "one", 3);
        await Versions("Location", "two", 2);
        record.Clock.Advance(TimeSpan.FromSeconds(1));
        await using (var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None))
        {
            transaction.Delete("Location", "one");
            await transaction.Commit(CancellationToken.None);
        }

        var seen = new List<string>();
        var page = await Page("Location", null, "_count=2");
        seen.AddRange(page.Versions.Select(v => $"{v.Id}/{v.Version}{(v.Deleted ? " deleted" : "")}"));
        while (page.Next is { } next)
        {
            page = await Page("Location", null, "_page=" + next);
            seen.AddRange(page.Versions.Select(v => $"{v.Id}/{v.Version}{(v.Deleted ? " deleted" : "")}"));
        }

        Assert.Equal(["one/4 deleted", "two/2", "two/1", "one/3", "one/2", "one/1"], seen);
        Assert.Contains((await Page(null, null, "")).Versions, version => version.Reference == "Location/two");
    }

    [Fact]
    public async Task Since_and_at_select_versions_by_their_time()
    {
        await Versions("Organization", "timed", 4);
        var all = (await Page("Organization", "timed", "")).Versions;

        var since = await Page("Organization", "timed", "_since=" + Time(all[1]));
        var at = await Page("Organization", "timed", "_at=" + Time(all[2]));

        Assert.Equal([4, 3], since.Versions.Select(version => version.Version));
        Assert.Equal([2], at.Versions.Select(version => version.Version));
    }

    [Theory]
    [InlineData("_count=x", "_count")]
    [InlineData("_since=soon", "_since")]
    [InlineData("_at=ge2020", "_at")]
    [InlineData("name=x", "name")]
    public void What_is_not_understood_is_refused_by_name(string question, string named) =>
        Assert.Contains(named, HistoryQuery.Parse("Patient", "x", Searching.Parameters(question), new SearchOptions { Strict = true }).Error().Detail, StringComparison.Ordinal);

    [Fact]
    public async Task A_resource_that_never_was_has_no_history()
    {
        Assert.True(HistoryQuery.Parse("Patient", "never", [], new SearchOptions()).TryGet(out var query, out _));

        Assert.Equal(ErrorKind.NotFound, (await record.Store.History(record.Machine, query, CancellationToken.None)).Error().Kind);
    }

    private static string Time(StoredResource version) => version.LastUpdated.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private async Task Versions(string type, string id, int count)
    {
        for (var n = 0; n < count; n++)
        {
            record.Clock.Advance(TimeSpan.FromSeconds(1));
            await record.Put(type, id, $$"""{"resourceType":"{{type}}","language":"{{Guid.NewGuid()}}"}""");
        }
    }

    private async Task<HistoryPage> Page(string? type, string? id, string question)
    {
        Assert.True(HistoryQuery.Parse(type, id, Searching.Parameters(question), new SearchOptions { Strict = true }).TryGet(out var query, out var error), error?.Detail);
        Assert.True((await record.Store.History(record.Machine, query, CancellationToken.None)).TryGet(out var page, out error), error?.Detail);
        return page;
    }
}

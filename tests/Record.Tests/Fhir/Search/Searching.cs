using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Asks the store in the words of a URL.</summary>
internal static class Searching
{
    /// <summary>A page; fails if the question is refused.</summary>
    public static async Task<SearchPage> Page(this RecordStore record, string type, string question, bool strict = true, Access? access = null)
    {
        Assert.True(SearchQuery.Parse(type, Parameters(question), new SearchOptions { Strict = strict, Base = "https://mse.test/fhir" }).TryGet(out var query, out var error), error?.Detail);
        var result = await record.Store.Search(access ?? record.Machine, query, CancellationToken.None);
        Assert.True(result.TryGet(out var page, out error), error?.Detail);
        return page;
    }

    /// <summary>The ids of all pages, in order.</summary>
    public static async Task<List<string>> All(this RecordStore record, string type, string question)
    {
        var page = await record.Page(type, question);
        var ids = page.Matches.Select(match => match.Id).ToList();
        while (page.Next is { } next)
        {
            page = await record.Page(type, "_page=" + next);
            ids.AddRange(page.Matches.Select(match => match.Id));
        }

        return ids;
    }

    /// <summary>Why a question is refused.</summary>
    public static async Task<RecordError> Refused(this RecordStore record, string type, string question, bool strict = true)
    {
        if (!SearchQuery.Parse(type, Parameters(question), new SearchOptions { Strict = strict, Base = "https://mse.test/fhir" }).TryGet(out var query, out var error)) return error;
        return (await record.Store.Search(record.Machine, query, CancellationToken.None)).Error();
    }

    /// <summary>Names and values of a URL's query.</summary>
    public static List<KeyValuePair<string, string>> Parameters(string question) =>
        [.. question.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1])))];
}

using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Patient/$everything through the person. https://hl7.org/fhir/R4/patient-operation-everything.html</summary>
public class EverythingTests(SmallRecord record) : IClassFixture<SmallRecord>
{
    [Fact]
    public async Task It_is_the_record_of_the_person_across_source_patients()
    {
        var alone = await Page("aoife", "");
        await record.Link("aoife", "brendan");
        var together = await Page("brendan", "");

        Assert.Equal(["Encounter/stay", "Observation/hb", "Observation/potassium", "Observation/pressure", "Patient/aoife"], References(alone));
        Assert.Equal(References(alone).Append("Patient/brendan").Order(StringComparer.Ordinal), References(together));
        Assert.Equal(6, together.Total);
    }

    [Theory]
    [InlineData("_type=Observation", "Observation/hb Observation/potassium Observation/pressure")]
    [InlineData("_type=Observation,Encounter&start=2024-03-10", "Observation/potassium Observation/pressure")]
    [InlineData("start=2024-03-02&end=2024-03-31", "Encounter/stay Observation/potassium Patient/aoife")]
    [InlineData("end=2024-03-01", "Encounter/stay Observation/hb Patient/aoife")]
    [InlineData("_since=2030-01-01", "")]
    public async Task It_is_cut_by_type_and_time(string question, string references)
    {
        var page = await Page("aoife", question);

        Assert.Equal(references, string.Join(' ', References(page).Where(reference => reference != "Patient/brendan")));
    }

    [Fact]
    public async Task Pages_hold_everything_once()
    {
        var seen = new List<string>();
        var page = await Page("aoife", "_count=2&_type=Observation,Encounter");
        seen.AddRange(References(page));
        while (page.Next is { } next)
        {
            Assert.Equal(2, page.Matches.Count);
            page = await Page("aoife", "_page=" + next);
            seen.AddRange(References(page));
        }

        Assert.Equal(["Encounter/stay", "Observation/hb", "Observation/potassium", "Observation/pressure"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_patient_who_is_not_there_is_not_found_and_a_board_member_is_refused()
    {
        Assert.True(EverythingQuery.Parse("nobody", [], new SearchOptions()).TryGet(out var query, out _));
        var board = record.Store.Machine with { Role = "board-member" };

        Assert.Equal(ErrorKind.NotFound, (await record.Store.Store.Everything(record.Store.Machine, query, CancellationToken.None)).Error().Kind);
        Assert.Equal(ErrorKind.Forbidden, (await record.Store.Store.Everything(board, query, CancellationToken.None)).Error().Kind);
    }

    private async Task<EverythingPage> Page(string patient, string question)
    {
        Assert.True(EverythingQuery.Parse(patient, Searching.Parameters(question), new SearchOptions { Strict = true }).TryGet(out var query, out var error), error?.Detail);
        Assert.True((await record.Store.Store.Everything(record.Store.Machine, query, CancellationToken.None)).TryGet(out var page, out error), error?.Detail);
        return page;
    }

    private static List<string> References(EverythingPage page) => [.. page.Matches.Select(match => match.Reference).Order(StringComparer.Ordinal)];
}

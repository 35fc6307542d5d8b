using System.Text;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Searches of one shape asked at the same moment share a statement, and each has its own answer and audit row: docs/adr/0018.</summary>
public class PageGroupTests(RecordStore record) : IClassFixture<RecordStore>
{
    private async Task Patients(string system, int count)
    {
        foreach (var n in Enumerable.Range(0, count))
            await record.Store.Write(record.Machine, ResourceWrite.Update("Patient", $"{system}-{n}", Encoding.UTF8.GetBytes(
                $$"""{"resourceType":"Patient","identifier":[{"system":"urn:{{system}}","value":"{{n % 40}}"}],"birthDate":"19{{n % 40 + 50}}-01-01"}""")), CancellationToken.None);
    }

    [Fact]
    public async Task Each_of_two_hundred_at_once_has_its_own_answer_and_its_own_audit_row()
    {
        await Patients("own", 80); // two of each identifier

        var pages = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(() => record.Page("Patient", $"identifier=urn:own|{n % 50}"))));

        for (var n = 0; n < 200; n++)
        {
            string[] expected = n % 50 < 40 ? [$"own-{n % 50}", $"own-{n % 50 + 40}"] : [];
            Assert.Equal(expected, pages[n].Matches.Select(match => match.Id));
            Assert.Equal(expected.Length, pages[n].Total);
        }

        Assert.Equal(200L, await record.Database.Scalar("select count(*) from record.audit where query like 'identifier=urn:own%'"));
        Assert.Equal(160L, await record.Database.Scalar("select count(*) from record.audit where query like 'identifier=urn:own%' and array_length(patients, 1) = 2"));
        Assert.Equal(40L, await record.Database.Scalar("select count(*) from record.audit where query like 'identifier=urn:own%' and patients = '{}'"));
    }

    [Fact]
    public async Task A_brief_page_that_is_not_all_has_its_total_and_one_audit_row_of_whom_it_shows()
    {
        await Patients("brief", 41); // 0 and 40 have the same identifier

        var pages = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => record.Page("Patient", "identifier=urn:brief|0&_count=1"))));

        Assert.All(pages, page => Assert.Equal((1, 2L), (page.Matches.Count, page.Total)));
        Assert.All(pages, page => Assert.NotNull(page.Next));
        Assert.Equal(30L, await record.Database.Scalar("select count(*) from record.audit where query like 'identifier=urn:brief%' and patients = '{brief-0}'"));
        Assert.Equal(30L, await record.Database.Scalar("select count(*) from record.audit where query like 'identifier=urn:brief%'"));
    }

    [Fact]
    public async Task Orders_and_totals_of_several_pages_do_not_mix()
    {
        await Patients("order", 80);

        var pages = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => Task.Run(() => record.Page("Patient", $"identifier=urn:order|&birthdate=ge19{n % 40 + 50}&_sort=-birthdate,_id&_count=7"))));

        for (var n = 0; n < 60; n++)
        {
            var expected = Enumerable.Range(0, 80).Where(i => i % 40 >= n % 40).OrderByDescending(i => i % 40).ThenBy(i => $"order-{i}", StringComparer.Ordinal).Select(i => $"order-{i}").ToList();
            Assert.Equal(expected.Take(7), pages[n].Matches.Select(match => match.Id));
            Assert.Equal(expected.Count, pages[n].Total);
        }
    }
}

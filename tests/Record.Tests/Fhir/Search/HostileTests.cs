using Hl7.Fhir.Model;
using Record.Core;
using Record.Core.Fhir;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Record.Tests.Fhir.Search;

/// <summary>What somebody may write into a question to do harm, and what is refused by name.</summary>
public class HostileTests(RecordStore record) : IClassFixture<RecordStore>
{
    private static readonly string[] Attacks = ["'); drop table record.resource; --", "$1", "%27 or 1=1", "\u0000", "a\u0001b", "\\", "{\"a\":1}", "😀", "x|y|z|w", "$$$", "-", "*"];

    [Fact]
    public async Task Text_in_any_parameter_stays_text()
    {
        await record.Put("Patient", "survivor", """{"resourceType":"Patient"}""");
        foreach (var type in new[] { "Patient", "Observation", "Encounter", "Location", "ValueSet", "RiskAssessment" })
            foreach (var parameter in ModelInfo.SearchParameters.Where(d => d.Resource == type).Select(d => d.Name!).Append("_sort").Append("_include").Append("_tag").Append("_page"))
                foreach (var attack in Attacks)
                    foreach (var name in new[] { parameter, $"{parameter}:{attack}", $"{parameter}.{attack}", $"_has:{type}:{parameter}:{attack}" })
                        if (SearchQuery.Parse(type, [new(name, attack)]).TryGet(out var query, out var error)) await record.Store.Search(record.Machine, query, CancellationToken.None);
                        else Assert.DoesNotContain("drop table", error.Detail.Replace(name, "", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.resource"));
    }

    [Theory]
    [InlineData("Patient", "_id")]
    [InlineData("Patient", "family")]
    [InlineData("Patient", "identifier")]
    [InlineData("Patient", "birthdate")]
    [InlineData("Observation", "patient")]
    [InlineData("Observation", "code")]
    [InlineData("Observation", "value-quantity")]
    [InlineData("ValueSet", "url")]
    public async Task Ten_thousand_values_are_one_question(string type, string name)
    {
        var values = string.Join(',', Enumerable.Range(1, 10_000).Select(n => name == "birthdate" ? $"{1000 + n % 900}-01-{1 + n % 28:00}" : name == "identifier" ? $"urn:s{n}|{n}" : $"{n}"));

        var page = await record.Page(type, $"{name}={values}");

        Assert.DoesNotContain(page.Matches, match => match.Id == "nobody");
    }

    [Theory]
    [InlineData("Observation", "value-quantity=1e400", "value-quantity")]
    [InlineData("Observation", "value-quantity=99999999999999999999999999999999999999", "value-quantity")]
    [InlineData("Observation", "value-quantity=five", "value-quantity")]
    [InlineData("Observation", "value-quantity=5|x", "value-quantity")]
    [InlineData("Observation", "date=2024-13", "date")]
    [InlineData("Observation", "date=yesterday", "date")]
    [InlineData("Observation", "date=", "date")]
    [InlineData("Observation", "code=", "code")]
    [InlineData("Observation", "code=|", "code")]
    [InlineData("Observation", "code=a,,b", "code")]
    [InlineData("Observation", "code:missing=maybe", "code:missing")]
    [InlineData("Observation", "code-value-quantity=718-7", "code-value-quantity")]
    [InlineData("Observation", "_count=many", "_count")]
    [InlineData("Observation", "_count=-1", "_count")]
    [InlineData("Observation", "_total=some", "_total")]
    [InlineData("Observation", "_summary=most", "_summary")]
    [InlineData("Observation", "_lastUpdated=soon", "_lastUpdated")]
    [InlineData("Observation", "patient.birthdate=xx", "patient.birthdate")]
    [InlineData("Patient", "_has:Observation:patient:date=xx", "_has:Observation:patient:date")]
    [InlineData("Location", "near=91|0", "near")]
    public async Task A_value_that_cannot_be_understood_is_refused_by_its_parameter_under_both_handlings(string type, string question, string named)
    {
        var error = await record.Refused(type, question, strict: false);

        Assert.Equal((ErrorKind.Invalid, "fhir.search-value"), (error.Kind, error.Code));
        Assert.Contains($"'{named}'", error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Observation", "code:in=http://example.org/vs")]
    [InlineData("Observation", "code:not-in=http://example.org/vs")]
    [InlineData("Observation", "code:below=http://snomed.info/sct|123")]
    [InlineData("Observation", "code:above=http://snomed.info/sct|123")]
    [InlineData("Observation", "code:exact=a")]
    [InlineData("Observation", "date:exact=2024")]
    [InlineData("Observation", "subject:Organization=a")]
    [InlineData("Observation", "subject:below=a")]
    [InlineData("Patient", "family:not=a")]
    [InlineData("Patient", "_filter=name eq a")]
    [InlineData("Patient", "_query=mine")]
    [InlineData("Patient", "_list=mine")]
    public async Task What_would_change_the_meaning_is_refused_by_name_under_both_handlings(string type, string question)
    {
        foreach (var strict in new[] { true, false })
            Assert.Contains(question.Split('=')[0], (await record.Refused(type, question, strict)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("favourite-colour=green", "favourite-colour")]
    [InlineData("family.name=a", "family.name")]
    [InlineData("_sort=favourite-colour", "_sort")]
    [InlineData("_include=Patient:favourite", "_include")]
    [InlineData("_has:Observation:nothing:code=a", "_has:Observation:nothing:code")]
    public async Task What_is_unknown_is_refused_when_strict_and_told_when_lenient(string question, string named)
    {
        var page = await record.Page("Patient", question, strict: false);

        Assert.Contains(page.Notes, note => note.Severity == "warning" && note.Text.Contains(named, StringComparison.Ordinal));
        Assert.Contains(named, (await record.Refused("Patient", question)).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Query.Used, used => used.Key == named);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!")]
    public async Task A_page_that_was_not_made_here_is_refused(string page) =>
        Assert.Equal("fhir.search-page", (await record.Refused("Patient", "_page=" + page)).Code);
}

using Record.Core.ChangeLog;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>Links, not merges: DESIGN.md section 5.</summary>
public class LinkPatientsTests(RecordStore record) : IClassFixture<RecordStore>
{
    [Fact]
    public async Task A_verified_number_and_the_same_birth_date_make_one_person()
    {
        await record.Put("Patient", "one-a", Patient("9990000018", "01", "1957-03-12"));
        await record.Put("Patient", "one-b", Patient("9990000018", "01", "1957-03-12"));
        await record.Identity().Drain(CancellationToken.None);

        Assert.Equal(1, await PersonsOf("one-a", "one-b"));
    }

    [Theory]
    [InlineData("9990000026", "03", "1960-01-01", "not verified")]
    [InlineData("9990000026", "01", "1961-01-01", "another birth date")]
    public async Task Nothing_less_links_by_itself(string number, string status, string birthDate, string why)
    {
        await record.Put("Patient", "sure-" + status + birthDate, Patient("9990000026", "01", "1960-01-01"));
        await record.Put("Patient", "unsure-" + status + birthDate, Patient(number, status, birthDate));
        await record.Identity().Drain(CancellationToken.None);

        Assert.True(await PersonsOf("sure-" + status + birthDate, "unsure-" + status + birthDate) == 2, why);
    }

    [Fact]
    public async Task A_corrected_birth_date_leaves_the_person_and_both_are_worked_out_again()
    {
        await record.Put("Patient", "stay", Patient("9990000034", "01", "1970-02-02"));
        await record.Put("Patient", "leave", Patient("9990000034", "01", "1970-02-02"));
        await record.Identity().Drain(CancellationToken.None);
        await record.Put("Patient", "leave", Patient("9990000034", "01", "1977-02-02"));
        await record.Identity().Drain(CancellationToken.None);

        Assert.Equal(2, await PersonsOf("stay", "leave"));
        Assert.Equal(2L, await record.Database.Scalar("select count(distinct person) from record.person_change where type = 'Link' and id = 'leave' and seq > (select max(seq) from record.person_change where type = 'Patient' and id = 'stay')"));
    }

    [Fact]
    public async Task Many_workers_link_each_patient_once()
    {
        for (var i = 0; i < 40; i++) await record.Put("Patient", $"many-{i}", Patient("9990000042", "01", "1981-05-05"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => record.Identity().Drain(CancellationToken.None))));
        await record.Identity().Drain(CancellationToken.None);

        Assert.Equal(1, await PersonsOf([.. Enumerable.Range(0, 40).Select(i => $"many-{i}")]));
        Assert.Equal(40L, await record.Database.Scalar("select count(*) from record.person_change where type = 'Patient' and id like 'many-%'"));
    }

    [Fact]
    public async Task A_change_about_a_patient_reaches_the_person_stream_once()
    {
        await record.Put("Patient", "stream", Patient("9990000050", "01", "1990-09-09"));
        await record.Put("Encounter", "stream-visit", """{"resourceType":"Encounter","subject":{"reference":"Patient/stream"} }""", "feed:test");
        await record.Identity().Drain(CancellationToken.None);
        var seen = new List<Change>();
        await record.Consumer("test-stream", ChangesBy.Person, (changes, _, _) =>
        {
            seen.AddRange(changes);
            return Task.CompletedTask;
        }).Drain(CancellationToken.None);

        var visit = Assert.Single(seen, c => c.Id == "stream-visit");
        Assert.Equal("feed:test", visit.Cause);
        Assert.NotNull(visit.Person);
    }

    private async Task<int> PersonsOf(params string[] patients) =>
        (await record.Links.PersonsOf(record.System, patients, CancellationToken.None)).Select(l => l.Person).Distinct().Count();

    private static string Patient(string number, string status, string birthDate) => $$"""
        {"resourceType":"Patient","birthDate":"{{birthDate}}","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{number}}",
         "extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
          "valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":"{{status}}"} ]} } ]} ]}
        """;
}

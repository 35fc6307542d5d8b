using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Indexing;

/// <summary>When the way of working values out has changed, the migrations service works all of them out again.</summary>
public class ReindexTests(RecordStore record) : IClassFixture<RecordStore>
{
    private const string Rows = "select count(*) || ' ' || md5(string_agg(s::text, ';' order by s::text)) from record.search_value s";

    [Fact]
    public async Task Values_worked_out_again_are_those_that_were_written()
    {
        for (var n = 0; n < 40; n++)
            await record.Put("Observation", $"again-{n}", $$"""
                {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:s{{n % 3}}","code":"c{{n}}"}],"text":"Höhe {{n}}"},
                 "subject":{"reference":"Patient/again"},"effectiveDateTime":"2025-01-{{n % 28 + 1:00}}","valueQuantity":{"value":{{n}}.50,"code":"kg","system":"http://unitsofmeasure.org"} }
                """);
        await record.Put("Observation", "again-0", """{"resourceType":"Observation","status":"amended","code":{"text":"other"},"subject":{"reference":"Patient/another"}}""");
        var before = await record.Database.Scalar(Rows);
        await record.Database.Scalar("truncate record.search_value; update record.search_index set version = 0");

        var count = await ReindexSql.Run(record.Database.Owner, AccessRules.Default, CancellationToken.None);

        Assert.Equal(40, count);
        Assert.Equal(before, await record.Database.Scalar(Rows));
        Assert.Equal(0, await ReindexSql.Run(record.Database.Owner, AccessRules.Default, CancellationToken.None));
    }

    [Fact]
    public async Task The_key_of_a_patient_is_the_same_in_the_program_and_in_the_database()
    {
        foreach (var id in (string[])["a", "p-1", "Zoë", new string('x', 64)])
            Assert.Equal(PatientKey.Of(id), await record.Database.Scalar($"select record.patient_key('{id}')"));
    }
}

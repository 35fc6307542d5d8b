using System.Net;
using System.Text;
using System.Text.Json;
using Record.Api.Tests;
using Xunit;

namespace Suites.Tests.Fhir;

/// <summary>250 people of Synthea, each a transaction, after the hospitals and practitioners to whom they refer.</summary>
public class SyntheaTests(RecordApi api) : IClassFixture<RecordApi>
{
    [Fact]
    public async Task Each_person_of_Synthea_is_taken_whole_and_every_reference_inside_is_resolved()
    {
        var bundles = Example.Of("synthea/smart-synthea-r4-250.zip").OrderBy(bundle => !bundle.Name.Contains("reference/", StringComparison.Ordinal)).ToList();
        var refused = new List<string>();
        var taken = 0;
        foreach (var bundle in bundles)
        {
            var answer = await api.Post("", Encoding.UTF8.GetString(bundle.Bytes));
            if (answer.Status == HttpStatusCode.OK) taken += answer.Json.GetProperty("entry").GetArrayLength();
            else refused.Add($"{bundle.Name}: {answer.Text[..Math.Min(answer.Text.Length, 500)]}");
        }

        Assert.Equal("", string.Join('\n', refused));
        Assert.Equal(252, bundles.Count);
        Assert.Equal(bundles.Sum(Entries), taken);
        Assert.Equal((long)taken, await api.Database.Scalar("select count(*) from record.resource"));
        Assert.Equal(0L, await api.Database.Scalar("""select count(*) from record.resource where position('"urn:uuid:'::bytea in body) > 0"""));
    }

    private static int Entries(Example bundle)
    {
        using var document = JsonDocument.Parse(bundle.Bytes);
        return document.RootElement.GetProperty("entry").GetArrayLength();
    }
}

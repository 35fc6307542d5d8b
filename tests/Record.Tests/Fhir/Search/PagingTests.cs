using System.Globalization;
using System.Text;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir.Search;

/// <summary>Pages by key: what matched throughout appears exactly once and nothing twice, whatever is written meanwhile (DESIGN.md section 3).</summary>
public class PagingTests(RecordStore record) : IClassFixture<RecordStore>
{
    [Theory]
    [InlineData("patient=P&_sort=date")]
    [InlineData("patient=P&_sort=-date")]
    [InlineData("patient=P&code=urn:c|a")]
    [InlineData("patient=P&code=a&_sort=-date")]
    [InlineData("patient=P")]
    [InlineData("patient=P&_sort=status,-date")]
    [InlineData("patient=P&_sort=-_lastUpdated")]
    [InlineData("patient=P&_sort=_lastUpdated")]
    [InlineData("patient=P&_sort=-value-quantity")]
    [InlineData("patient=P&date=ge2000")]
    [InlineData("_tag=P&_sort=code,date")]
    [InlineData("_tag=P&_sort=-_id")]
    public async Task Nothing_is_lost_and_nothing_comes_twice_while_others_write(string question)
    {
        var patient = "paged-" + Guid.NewGuid().ToString("N");
        var random = new Random(question.Length);
        var ids = Enumerable.Range(0, 60).Select(n => $"{patient}-{n}").ToList();
        foreach (var id in ids) await Write(id, patient, random);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(n => Task.Run(() => Disturb(ids, patient, new Random(n), stop.Token))).ToList();

        var pages = new List<List<string>>();
        var page = await record.Page("Observation", question.Replace("=P", "=" + patient, StringComparison.Ordinal) + "&_count=7&_total=accurate");
        var total = page.Total;
        pages.Add([.. page.Matches.Select(match => match.Id)]);
        while (page.Next is { } next)
        {
            await Task.Delay(15);
            page = await record.Page("Observation", "_page=" + next);
            Assert.Equal(total, page.Total);
            pages.Add([.. page.Matches.Select(match => match.Id)]);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        var seen = pages.SelectMany(p => p).ToList();
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(ids.Except(seen)); // all sixty matched throughout: only their dates, codes' order and values changed
        Assert.All(pages.SkipLast(1), p => Assert.Equal(7, p.Count));
        Assert.True(total >= 60);
    }

    [Fact]
    public async Task A_place_of_a_page_shows_nothing_of_the_question()
    {
        for (var n = 0; n < 3; n++) await record.Put("Patient", $"secret-{n}", """{"resourceType":"Patient","name":[{"family":"Verysecret"}]}""");

        var page = await record.Page("Patient", "family=verysecret&_sort=family&_count=1");

        Assert.Matches("^[A-Za-z0-9_-]+$", page.Next);
        Assert.DoesNotContain("secret", page.Next, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3, (await record.All("Patient", "family=verysecret&_sort=family&_count=1")).Count);
    }

    [Fact]
    public async Task A_question_too_long_for_a_link_is_asked_again_with_the_place()
    {
        for (var n = 0; n < 3; n++) await record.Put("Patient", $"long-{n}", """{"resourceType":"Patient"}""");
        var question = $"_id=long-0,long-1,long-2,{string.Join(',', Enumerable.Range(0, 2000).Select(n => $"nobody-{n}"))}&_count=2";

        var first = await record.Page("Patient", question);
        var second = await record.Page("Patient", $"{question}&_page={first.Next}");

        Assert.True(first.NextNeedsQuestion);
        Assert.Equal(["long-0", "long-1", "long-2"], first.Matches.Concat(second.Matches).Select(match => match.Id).Order());
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Undated_resources_follow_the_dated_ones_in_both_directions()
    {
        for (var n = 0; n < 20; n++)
            await record.Put("Observation", $"undated-{n:00}", $$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:c","code":"u"}]},"subject":{"reference":"Patient/undated"}{{(n % 2 == 0 ? $",\"effectiveDateTime\":\"20{n + 10}-01-01\"" : "")}}}""");

        foreach (var question in new[] { "patient=undated&_sort=date", "patient=undated&_sort=-date", "patient=undated&code=u&_sort=-date", "patient=undated&code=urn:c|u&_sort=date" })
        {
            var all = await record.All("Observation", question + "&_count=3");

            Assert.Equal(20, all.Distinct().Count());
            Assert.Equal(20, all.Count);
            Assert.All(all.Take(10), id => Assert.Equal(0, int.Parse(id[^2..], CultureInfo.InvariantCulture) % 2));
            Assert.Equal(question.Contains("=-", StringComparison.Ordinal) ? "undated-18" : "undated-00", all[0]);
        }
    }

    private Task<StoredResource> Write(string id, string patient, Random random) => record.Put("Observation", id, Json(patient, random));

    private static string Json(string patient, Random random) => $$$"""
        {"resourceType":"Observation","meta":{"tag":[{"code":"{{{patient}}}"}]},"status":"{{{(random.Next(2) == 0 ? "final" : "amended")}}}",
         "code":{"coding":[{"system":"urn:c","code":"a"},{"system":"urn:d","code":"a"},{"system":"urn:e","code":"{{{random.Next(5)}}}"}]},"subject":{"reference":"Patient/{{{patient}}}"},
         "effectiveDateTime":"20{{{random.Next(10, 26)}}}-0{{{random.Next(1, 10)}}}-11T10:0{{{random.Next(10)}}}:00Z","valueQuantity":{"value":{{{random.Next(20)}}}} }
        """;

    // Updates that move, creates, and deletes of what was created.
    private async Task Disturb(List<string> ids, string patient, Random random, CancellationToken stop)
    {
        var own = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
            if (random.Next(4) == 0)
            {
                own.Add($"{patient}-new-{Guid.NewGuid():N}");
                transaction.Put("Observation", own[^1], Encoding.UTF8.GetBytes(Json(patient, random)));
            }
            else if (own.Count > 3 && random.Next(4) == 0)
            {
                transaction.Delete("Observation", own[0]);
                own.RemoveAt(0);
            }
            else transaction.Put("Observation", ids[random.Next(ids.Count)], Encoding.UTF8.GetBytes(Json(patient, random)));

            await Task.Delay(random.Next(3), CancellationToken.None);
            await transaction.Commit(CancellationToken.None);
        }
    }
}

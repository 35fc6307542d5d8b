using System.Text;
using Record.Core;
using Record.Core.Fhir;
using Xunit;

namespace Record.Tests.Fhir;

/// <summary>The store of DESIGN.md section 3.</summary>
public class ResourceStoreTests(RecordStore record) : IClassFixture<RecordStore>
{
    private const string Patient = """{"resourceType":"Patient","birthDate":"1957-03-12","name":[{"family":"O'Dónnell","given":["Aoife"]}],"x":1.50}""";

    [Fact]
    public async Task What_is_written_comes_back_with_only_id_and_meta_spliced_in()
    {
        await record.Put("Patient", "same-bytes", Patient);

        var read = await record.Store.Read(record.Machine, "Patient", "same-bytes", CancellationToken.None);

        Assert.True(read.TryGet(out var stored, out _));
        Assert.Equal(
            """{"resourceType":"Patient","id":"same-bytes","meta":{"versionId":"1","lastUpdated":"2026-01-05T09:00:00.000Z"},"birthDate":"1957-03-12","name":[{"family":"O'Dónnell","given":["Aoife"]}],"x":1.50}""",
            Encoding.UTF8.GetString(stored.Body.Span));
    }

    [Fact]
    public async Task The_same_content_again_writes_no_version()
    {
        await record.Put("Patient", "twice", Patient);
        await record.Put("Patient", "twice", Patient);

        Assert.Equal(0L, await record.Database.Scalar("select count(*) from record.resource_history where id = 'twice'"));
        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.change where id = 'twice'"));
    }

    [Fact]
    public async Task An_update_moves_the_version_before_it_to_history()
    {
        await record.Put("Patient", "history", Patient);
        await record.Put("Patient", "history", Patient.Replace("1957", "1958", StringComparison.Ordinal));

        Assert.True(HistoryQuery.Parse("Patient", "history", [], new SearchOptions()).TryGet(out var query, out _));

        var history = await record.Store.History(record.Machine, query, CancellationToken.None);

        Assert.True(history.TryGet(out var page, out _));
        Assert.Equal([2, 1], page.Versions.Select(v => v.Version));
        Assert.True(page.Versions[0].LastUpdated > page.Versions[1].LastUpdated);
    }

    [Fact]
    public async Task A_version_conflict_loses_nothing()
    {
        await record.Put("Patient", "conflict", Patient);
        await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
        transaction.Put("Patient", "conflict", Encoding.UTF8.GetBytes(Patient.Replace("1957", "1960", StringComparison.Ordinal)), ifMatch: 7);
        transaction.Put("Patient", "conflict-other", Encoding.UTF8.GetBytes(Patient));

        var result = await transaction.Commit(CancellationToken.None);

        Assert.Equal(ErrorKind.PreconditionFailed, result.Error().Kind);
        Assert.Equal(0L, await record.Database.Scalar("select count(*) from record.resource where id = 'conflict-other'"));
    }

    [Fact]
    public async Task Sixteen_writers_of_one_resource_make_sixteen_versions_or_are_told_why_not()
    {
        await record.Put("Patient", "race", Patient);
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
            transaction.Put("Patient", "race", Encoding.UTF8.GetBytes(Patient.Replace("1957", $"19{60 + n}", StringComparison.Ordinal)));
            return await transaction.Commit(CancellationToken.None);
        }));

        var successes = results.Count(r => r.IsSuccess);
        Assert.Equal(1L + successes, await record.Database.Scalar("select (select count(*) from record.resource_history where id = 'race') + 1"));
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal(ErrorKind.Conflict, r.Error().Kind));
    }

    [Fact]
    public async Task A_deleted_resource_is_gone_and_not_found_by_search()
    {
        await record.Put("Patient", "deleted", Patient.Replace("Aoife", "Deirdre", StringComparison.Ordinal));
        await using (var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None))
        {
            transaction.Delete("Patient", "deleted");
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }

        var read = await record.Store.Read(record.Machine, "Patient", "deleted", CancellationToken.None);
        var page = await Search("Patient", ("given", "deirdre"));

        Assert.Equal(ErrorKind.Gone, read.Error().Kind);
        Assert.Empty(page.Matches);
    }

    [Theory]
    [InlineData("family", "o'donn")]
    [InlineData("family:exact", "O'Dónnell")]
    [InlineData("identifier", "https://fhir.nhs.uk/Id/nhs-number|9990000018")]
    [InlineData("birthdate", "1971-06")]
    [InlineData("birthdate", "lt1972")]
    [InlineData("gender", "female")]
    public async Task A_patient_is_found_by(string name, string value)
    {
        await record.Put("Patient", "searched", """
            {"resourceType":"Patient","gender":"female","birthDate":"1971-06-30","name":[{"family":"O'Dónnell","given":["Saoirse"]}],
             "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}
            """);

        var page = await Search("Patient", (name, value), ("given", "saoirse"));

        Assert.Equal("searched", Assert.Single(page.Matches).Id);
        Assert.Equal(1, page.Total);
    }

    [Fact]
    public async Task Pages_hold_everything_exactly_once()
    {
        for (var i = 0; i < 23; i++)
            await record.Put("Encounter", $"page-{i}", $$"""{"resourceType":"Encounter","status":"finished","subject":{"reference":"Patient/paged"},"period":{"start":"2025-01-{{i + 1:00}}T10:00:00Z"} }""");

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await Search("Encounter", ("patient", "Patient/paged"), ("_sort", "-date"), ("_count", "5"), ("_page", after ?? ""));
            seen.AddRange(page.Matches.Select(m => m.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 23).Reverse().Select(i => $"page-{i}"), seen);
    }

    [Fact]
    public void A_search_that_is_not_offered_is_refused_by_name()
    {
        var query = SearchQuery.Parse("Patient", [new("favourite-colour", "green")]);

        Assert.Contains("favourite-colour", query.Error().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_member_reads_no_patient_and_the_refusal_is_audited()
    {
        await record.Put("Patient", "refused", Patient);
        var board = record.Machine with { Role = "board-member", User = "board.member" };

        var read = await record.Store.Read(board, "Patient", "refused", CancellationToken.None);

        Assert.Equal(ErrorKind.Forbidden, read.Error().Kind);
        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.audit where actor = 'board.member' and outcome = 'fhir.forbidden' and resource_id = 'refused'"));
    }

    [Fact]
    public async Task A_read_has_its_audit_row_before_the_answer()
    {
        await record.Put("Patient", "audited", Patient);

        await record.Store.Read(record.Machine, "Patient", "audited", CancellationToken.None);

        Assert.Equal(1L, await record.Database.Scalar("select count(*) from record.audit where interaction = 'read' and resource_id = 'audited' and patients = '{audited}'"));
    }

    private async Task<SearchPage> Search(string type, params (string Name, string Value)[] parameters)
    {
        var query = SearchQuery.Parse(type, parameters.Where(p => p.Value.Length > 0).Select(p => KeyValuePair.Create(p.Name, p.Value)));
        Assert.True(query.TryGet(out var parsed, out _));
        var result = await record.Store.Search(record.Machine, parsed, CancellationToken.None);
        Assert.True(result.TryGet(out var page, out var error), error?.Detail);
        return page;
    }
}

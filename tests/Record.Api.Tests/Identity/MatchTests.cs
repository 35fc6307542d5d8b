using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity;
using Xunit;

namespace Record.Api.Tests.Identity;

/// <summary>Patient/$match. https://hl7.org/fhir/R4/patient-operation-match.html</summary>
public sealed class MatchTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Somebody = """{"resourceType":"Patient","name":[{"family":"Thistlethwaite","given":["Rosamund"]}],"birthDate":"1963-04-05","gender":"female","address":[{"line":["7 Mill Lane"],"city":"Maldon","postalCode":"CM9 5PE"}],"telecom":[{"system":"phone","value":"01621 555123"}]}""";

    [Fact]
    public async Task Each_answer_has_its_grade_and_score_the_best_first()
    {
        await Stored("grade-same", Somebody);
        await Stored("grade-twin", Somebody.Replace("Rosamund", "Eleanora", StringComparison.Ordinal));

        var answer = await Asked(Somebody);

        var entries = answer.Json.GetProperty("entry").EnumerateArray().ToList();
        Assert.Equal("searchset", answer.Json.GetProperty("type").GetString());
        Assert.Equal(["grade-same", "grade-twin"], entries.Select(entry => entry.GetProperty("resource").GetProperty("id").GetString()));
        Assert.Equal(["certain", "probable"], entries.Select(Grade));
        Assert.All(entries, entry => Assert.InRange(entry.GetProperty("search").GetProperty("score").GetDouble(), 0.5, 1));
        Assert.All(entries, entry => Assert.Equal("match", entry.GetProperty("search").GetProperty("mode").GetString()));
    }

    [Fact]
    public async Task Only_certain_matches_are_given_where_only_they_are_asked_for_and_none_if_they_are_two_people()
    {
        var patient = Somebody.Replace("Thistlethwaite", "Entwhistle", StringComparison.Ordinal).Replace("1963-04-05", "1988-11-30", StringComparison.Ordinal);
        await Stored("certain-one", patient);
        await Stored("certain-brother", patient.Replace("Rosamund", "Ferdinand", StringComparison.Ordinal));
        Assert.Equal(["certain-one"], Ids(await Asked(patient, ""","onlyCertainMatches":true""")));

        await using var connection = new NpgsqlConnection(api.Database.Owner);
        await connection.OpenAsync();
        await Stored("certain-two", patient.Replace("Rosamund", "Ludmilla", StringComparison.Ordinal));
        await using (var become = new NpgsqlCommand("update record.match_subject t set features = jsonb_set(s.features, '{Id}', '\"certain-two\"') from record.match_subject s where s.patient = 'certain-one' and t.patient = 'certain-two'", connection)) await become.ExecuteNonQueryAsync();

        Assert.Empty(Ids(await Asked(patient, ""","onlyCertainMatches":true""")));
    }

    [Fact]
    public async Task The_count_is_kept()
    {
        var patient = Somebody.Replace("Thistlethwaite", "Oxenbould", StringComparison.Ordinal).Replace("1963-04-05", "1941-01-17", StringComparison.Ordinal);
        foreach (var i in Enumerable.Range(1, 4)) await Stored($"count-{i}", patient);

        Assert.Equal(2, Ids(await Asked(patient, ""","count":2""")).Count);
    }

    [Theory]
    [InlineData("""{"resourceType":"Parameters","parameter":[]}""", HttpStatusCode.BadRequest, "identity.no-patient")]
    [InlineData("""{"resourceType":"Observation"}""", HttpStatusCode.BadRequest, "identity.no-patient")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","gender":"female"}}]}""", HttpStatusCode.UnprocessableEntity, "identity.too-little")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","birthDate":"1963-04-05"}},{"name":"count","valueInteger":0}]}""", HttpStatusCode.BadRequest, "identity.count")]
    public async Task A_question_that_cannot_be_answered_is_explained(string body, HttpStatusCode status, string code)
    {
        var answer = await api.Post("/Patient/$match", body);

        Assert.Equal((status, code), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Who_may_not_read_patients_finds_nobody_and_the_refusal_is_audited()
    {
        var before = (long)(await api.Database.Scalar("select count(*) from record.audit where interaction = 'match' and outcome <> 'success'"))!;

        var answer = await api.Send(HttpMethod.Post, "/Patient/$match", Parameters(Somebody, ""), "board-member");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(before + 1, await api.Database.Scalar("select count(*) from record.audit where interaction = 'match' and outcome <> 'success'"));
    }

    private Task<FhirResponse> Asked(string patient, string more = "") => api.Post("/Patient/$match", Parameters(patient, more));

    private static string Parameters(string patient, string more)
    {
        var parameters = new List<string> { $$"""{"name":"resource","resource":{{patient}} }""" };
        if (more.Contains("onlyCertain", StringComparison.Ordinal)) parameters.Add("""{"name":"onlyCertainMatches","valueBoolean":true}""");
        if (more.Contains("count", StringComparison.Ordinal)) parameters.Add($$"""{"name":"count","valueInteger":{{more.Split(':')[^1]}}}""");
        return $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', parameters)}}]}""";
    }

    private static string? Grade(JsonElement entry) => entry.GetProperty("search").GetProperty("extension")[0].GetProperty("valueCode").GetString();

    private static List<string?> Ids(FhirResponse answer) =>
        answer.Json.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Where(entry => entry.GetProperty("search").GetProperty("mode").GetString() == "match").Select(entry => entry.GetProperty("resource").GetProperty("id").GetString())] : [];

    private async Task Stored(string id, string patient)
    {
        var put = await api.Put($"/Patient/{id}", patient.Insert(1, $"\"id\":\"{id}\","));
        Assert.True(put.Status is HttpStatusCode.Created, put.Text);
        await using var source = NpgsqlDataSource.Create(api.Database.As("record_worker"));
        await using var audit = new AuditLog(source, TimeProvider.System);
        await using var store = new ResourceStore(source, audit, TimeProvider.System);
        await new ChangeConsumer(LinkPatients.Name, ChangesBy.SourcePatient, new LinkPatients(TimeProvider.System).Handle, store, source, NullLogger<ChangeConsumer>.Instance).Drain(CancellationToken.None);
    }
}

using Record.Core;
using Record.Core.Fhir;
using Record.Tests.Fhir.Search;
using Xunit;

namespace Record.Tests.Opening;

/// <summary>A record opens on a legitimate relationship that facts state, or by break-glass. DESIGN section 4.</summary>
public class RelationshipTests(RecordStore record) : IClassFixture<RecordStore>
{
    private static readonly Access Doctor = new("acute.doctor", "acute-clinician", "RAJ", "TREAT", "test", Guid.CreateVersion7()) { Teams = ["RAJ-ED-BAS"] };

    private AccessStore Opening => new(Npgsql.NpgsqlDataSource.Create(record.Database.As("record_api")), record.Audit, AccessRules.Default, record.Clock);

    [Fact]
    public async Task Without_a_relationship_a_person_is_found_and_nothing_more()
    {
        await Person("stranger", """ "name":[{"family":"Strange"}],"telecom":[{"system":"phone","value":"01632 960999"}],"address":[{"postalCode":"SS1 1AA"}] """);

        var read = await record.Store.Read(Doctor, "Patient", "stranger", CancellationToken.None);
        var found = await record.Page("Patient", "family=Strange", access: Doctor);
        var byPostcode = await record.Page("Patient", "family=Strange&address-postalcode=SS1", access: Doctor);
        var fact = await record.Store.Read(Doctor, "Observation", "stranger-o", CancellationToken.None);
        var searched = await Search("Observation", "patient=stranger");
        var all = await record.Page("Observation", "_id=stranger-o", access: Doctor);

        Assert.True(read.TryGet(out var patient, out _));
        Assert.DoesNotContain("SS1", System.Text.Encoding.UTF8.GetString(patient.Body.Span), StringComparison.Ordinal);
        Assert.Contains("Strange", System.Text.Encoding.UTF8.GetString(patient.Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("960999", System.Text.Encoding.UTF8.GetString(Assert.Single(found.Matches).Body.Span), StringComparison.Ordinal);
        Assert.Empty(byPostcode.Matches);
        Assert.Equal("fhir.not-found", fact.Error().Code);
        Assert.Equal("access.relationship", searched.Error().Code);
        Assert.Empty(all.Matches);
    }

    [Theory]
    [InlineData("Encounter", """ "status":"in-progress","class":{"code":"EMER"},"subject":{"reference":"Patient/P"},"serviceProvider":{"reference":"Organization/RAJ"} """)]
    [InlineData("EpisodeOfCare", """ "status":"active","patient":{"reference":"Patient/P"},"managingOrganization":{"reference":"Organization/RAJ"} """)]
    [InlineData("CareTeam", """ "status":"active","subject":{"reference":"Patient/P"},"managingOrganization":[{"reference":"Organization/RAJ-ED-BAS"}] """)]
    [InlineData("ServiceRequest", """ "status":"active","intent":"order","subject":{"reference":"Patient/P"},"performer":[{"reference":"Organization/RAJ-ED-BAS"}] """)]
    [InlineData("Task", """ "status":"requested","intent":"order","for":{"reference":"Patient/P"},"owner":{"reference":"Organization/RAJ-ED-BAS"} """)]
    [InlineData("Appointment", """ "status":"booked","start":"DAYT09:00:00Z","end":"DAYT09:30:00Z","participant":[{"actor":{"reference":"Patient/P"},"status":"accepted"},{"actor":{"reference":"Organization/RAJ"},"status":"accepted"}] """)]
    public async Task A_fact_opens_the_record_while_it_lasts(string type, string json)
    {
        json = json.Replace("DAY", Day(5), StringComparison.Ordinal);
        var id = $"known-{type}".ToLowerInvariant();
        await Person(id, """ "name":[{"family":"Known"}] """);
        await record.Put(type, id + "-fact", $$"""{"resourceType":"{{type}}",{{json.Replace("Patient/P", "Patient/" + id, StringComparison.Ordinal)}}}""");

        var open = await record.Store.Read(Doctor, "Observation", id + "-o", CancellationToken.None);
        await record.Put(type, id + "-fact", $$"""{"resourceType":"{{type}}",{{json.Replace("Patient/P", "Patient/" + id, StringComparison.Ordinal)}}}""".Replace("\"status\":\"", "\"status\":\"entered-in-error\",\"x\":\"", StringComparison.Ordinal));
        var closed = await record.Store.Read(Doctor, "Observation", id + "-o", CancellationToken.None);

        Assert.True(open.IsSuccess);
        Assert.False(closed.IsSuccess);
    }

    [Fact]
    public async Task A_relationship_ends_so_many_days_after_the_discharge()
    {
        await Person("discharged", """ "name":[{"family":"Home"}] """);
        await record.Put("Encounter", "discharged-stay", $$"""{"resourceType":"Encounter","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/discharged"},"serviceProvider":{"reference":"Organization/RAJ"},"period":{"start":"{{Day(-16)}}","end":"{{Day(-3)}}"} }""");

        var soon = await record.Store.Read(Doctor, "Observation", "discharged-o", CancellationToken.None);
        record.Clock.Advance(TimeSpan.FromDays(40));
        var late = await record.Store.Read(Doctor, "Observation", "discharged-o", CancellationToken.None);

        Assert.True(soon.IsSuccess);
        Assert.False(late.IsSuccess);
    }

    [Fact]
    public async Task A_relationship_with_one_source_patient_is_one_with_the_person()
    {
        await Person("linked-a", """ "name":[{"family":"Twice"}] """);
        await Person("linked-b", """ "name":[{"family":"Twice"}] """);
        await record.Put("EpisodeOfCare", "linked-care", """{"resourceType":"EpisodeOfCare","status":"active","patient":{"reference":"Patient/linked-a"},"managingOrganization":{"reference":"Organization/RAJ"}}""");

        var before = await Search("Observation", "patient=linked-b");
        var person = Guid.NewGuid();
        await record.Database.Scalar($"insert into record.person (id, created_at) values ('{person}', now())");
        foreach (var patient in new[] { "linked-a", "linked-b" })
            await record.Database.Scalar($"insert into record.link (id, patient, person, method, decided_by, decided_at) values ('{Guid.NewGuid()}', '{patient}', '{person}', 'test', 'test', now())");
        var after = await Search("Observation", "patient=linked-b");

        Assert.False(before.IsSuccess);
        Assert.True(after.TryGet(out var page, out _));
        Assert.Single(page.Matches);
    }

    [Fact]
    public async Task Break_glass_opens_for_a_time_and_is_shown_to_the_privacy_officer()
    {
        await Person("emergency", """ "name":[{"family":"Found"}] """);
        var officer = new Access("privacy.acute", Roles.PrivacyOfficer, "RAJ", "TREAT", "test", Guid.CreateVersion7());
        var other = officer with { Organisation = "R1L", User = "privacy.mh" };

        var mute = await Opening.OpenRecord(Doctor, "emergency", "why", CancellationToken.None);
        var opened = await Opening.OpenRecord(Doctor, "emergency", "Unconscious in the emergency department", CancellationToken.None);
        var read = await record.Store.Read(Doctor, "Observation", "emergency-o", CancellationToken.None);
        var seen = await Opening.ForReview(officer, false, CancellationToken.None);
        var elsewhere = await Opening.ForReview(other, false, CancellationToken.None);
        record.Clock.Advance(TimeSpan.FromHours(5));
        var late = await record.Store.Read(Doctor, "Observation", "emergency-o", CancellationToken.None);

        Assert.Equal("access.reason", mute.Error().Code);
        Assert.True(opened.IsSuccess);
        Assert.True(read.IsSuccess);
        Assert.True(seen.TryGet(out var list, out _));
        Assert.Equal("Unconscious in the emergency department", Assert.Single(list, one => one.Patient == "emergency").Reason);
        Assert.True(elsewhere.TryGet(out list, out _));
        Assert.DoesNotContain(list, one => one.Patient == "emergency");
        Assert.False(late.IsSuccess);
    }

    [Fact]
    public async Task Who_may_not_open_a_record_does_not_write_to_it()
    {
        await Person("unwritten", """ "name":[{"family":"Closed"}] """);
        var json = System.Text.Encoding.UTF8.GetBytes("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/unwritten"}}""");

        var one = await record.Store.Write(Doctor, ResourceWrite.Create("Observation", json), CancellationToken.None);
        await using var transaction = await record.Store.Begin(Doctor, "api", CancellationToken.None);
        transaction.Put("Observation", "unwritten-o", json);
        var several = await transaction.Commit(CancellationToken.None);

        Assert.Equal("access.relationship", one.Error().Code);
        Assert.Equal("access.relationship", several.Error().Code);
    }

    [Fact]
    public async Task Who_registers_a_person_has_a_relationship_for_a_while()
    {
        var patient = System.Text.Encoding.UTF8.GetBytes("""{"resourceType":"Patient","name":[{"family":"New"}],"telecom":[{"system":"phone","value":"01632 960123"}]}""");
        Assert.True((await record.Store.Write(Doctor, ResourceWrite.Update("Patient", "registered", patient), CancellationToken.None)).IsSuccess);
        Assert.True((await record.Store.Write(Doctor, ResourceWrite.Update("Patient", "registered", System.Text.Encoding.UTF8.GetBytes("""{"resourceType":"Patient","name":[{"family":"Newer"}],"telecom":[{"system":"phone","value":"01632 960123"}]}""")), CancellationToken.None)).IsSuccess);

        var soon = await record.Store.Read(Doctor, "Patient", "registered", CancellationToken.None);
        record.Clock.Advance(TimeSpan.FromDays(29));
        var late = await record.Store.Read(Doctor, "Patient", "registered", CancellationToken.None);

        Assert.True(soon.TryGet(out var shown, out _));
        Assert.Contains("960123", System.Text.Encoding.UTF8.GetString(shown.Body.Span), StringComparison.Ordinal);
        Assert.True(late.TryGet(out shown, out _));
        Assert.DoesNotContain("960123", System.Text.Encoding.UTF8.GetString(shown.Body.Span), StringComparison.Ordinal);
    }

    // Tests move the clock that they share.
    private string Day(int from) => record.Clock.GetUtcNow().AddDays(from).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<Result<SearchPage>> Search(string type, string question)
    {
        Assert.True(SearchQuery.Parse(type, Searching.Parameters(question)).TryGet(out var query, out _));
        return await record.Store.Search(Doctor, query, CancellationToken.None);
    }

    private async Task Person(string id, string json)
    {
        await record.Put("Patient", id, $$"""{"resourceType":"Patient",{{json}}}""");
        await record.Put("Observation", id + "-o", $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{id}}"} }""");
    }
}

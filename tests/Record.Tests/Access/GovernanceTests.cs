using System.Text;
using Npgsql;
using Record.Core;
using Record.Core.Fhir;
using Testing;
using Xunit;

namespace Record.Tests.Opening;

/// <summary>Each organisation is controller of its own: legal hold, subject access, and no count that says where restricted people are.</summary>
public class GovernanceTests(RecordStore record) : IClassFixture<RecordStore>
{
    private static readonly Access Officer = new("privacy.acute", Roles.PrivacyOfficer, "RAJ", "TREAT", "test", Guid.CreateVersion7());

    private GovernanceStore Governance => new(NpgsqlDataSource.Create(record.Database.As("record_api")), record.Audit, AccessRulesReader.Read(Checkout.Config), record.Clock);

    [Fact]
    public async Task While_a_hold_stands_nothing_of_the_person_is_deleted()
    {
        await Patient("held-a", "basildon-pas");
        await Patient("held-b", "mh-community");
        await Link("held-a", "held-b");
        Assert.True((await Governance.Hold(Officer, "held-a", "Inquest that has been announced", CancellationToken.None)).TryGet(out var hold, out _));

        var held = await Delete("held-b-o");
        var free = await Delete("other-o");
        await Governance.EndHold(Officer, hold, CancellationToken.None);
        var after = await Delete("held-b-o");

        Assert.Equal("access.legal-hold", held.Error().Code);
        Assert.Equal("fhir.not-found", free.Error().Code);
        Assert.True(after.IsSuccess);
    }

    [Fact]
    public async Task A_hold_on_an_organisation_holds_what_its_sources_have_sent()
    {
        await Patient("org-a", "southend-pas");
        await Patient("org-b", "mh-community");
        Assert.True((await Governance.Hold(Officer, null, "Records of the whole trust are asked for", CancellationToken.None)).TryGet(out var hold, out _));

        var held = await Delete("org-a-o");
        var others = await Delete("org-b-o");
        await Governance.EndHold(Officer, hold, CancellationToken.None);

        Assert.Equal("access.legal-hold", held.Error().Code);
        Assert.True(others.IsSuccess);
    }

    [Fact]
    public async Task A_subject_access_request_is_released_after_a_review_and_holds_only_the_controllers_own()
    {
        await Patient("asks-a", "basildon-pas");
        await Patient("asks-b", "mh-community");
        await record.Put("Observation", "asks-third", """{"resourceType":"Observation","meta":{"source":"urn:source:basildon-pas","security":[{"code":"third-party"}]},"status":"final","code":{"text":"Said by a neighbour"},"subject":{"reference":"Patient/asks-a"}}""");
        var person = await Link("asks-a", "asks-b");

        Assert.True((await Governance.PrepareFor(Officer, person, CancellationToken.None)).TryGet(out var prepared, out _));
        var early = await Governance.ReleaseItems(Officer, prepared.Id, CancellationToken.None);
        Assert.True((await Governance.ReviewItems(Officer, prepared.Id, prepared.Withheld.ToList(), "What a neighbour said is withheld", CancellationToken.None)).IsSuccess);
        Assert.True((await Governance.ReleaseItems(Officer, prepared.Id, CancellationToken.None)).TryGet(out var bundle, out _));
        var twice = await Governance.ReleaseItems(Officer, prepared.Id, CancellationToken.None);

        Assert.Equal(["Observation/asks-third/1"], prepared.Withheld);
        Assert.Equal("access.not-reviewed", early.Error().Code);
        Assert.Equal("access.not-reviewed", twice.Error().Code);
        var text = Encoding.UTF8.GetString(bundle);
        Assert.Contains("asks-a-o", text, StringComparison.Ordinal);
        Assert.DoesNotContain("neighbour", text, StringComparison.Ordinal);
        Assert.DoesNotContain("asks-b", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restricted_people_are_in_no_count_by_team()
    {
        await Patient("counted", "basildon-pas");
        await Patient("refuge", "basildon-pas", """ "security":[{"code":"R"}], """);
        await Patient("refuge-other", "mh-community");
        await Link("refuge", "refuge-other");
        foreach (var patient in new[] { "counted", "refuge", "refuge-other" })
            await record.Database.Scalar($"""
                insert into record.pathway_clock (rule, rule_version, reading, encounter, person, patient, team, organisation, started_at, outcome, simulated, evaluated_at)
                values ('counts', 1, 'r', '{patient}', gen_random_uuid(), '{patient}', 'R1L-CMHT-BAS', 'R1L', '2026-01-04', 'not-due', false, now())
                """);

        var counted = await record.Database.Scalar("select sum(clocks) from reporting.clock_counts('2026-01-01', '2026-01-31') where rule = 'counts'");

        Assert.Equal(1m, counted);
    }

    private async Task Patient(string id, string source, string meta = "")
    {
        await record.Put("Patient", id, $$"""{"resourceType":"Patient","meta":{ {{meta}}"source":"urn:source:{{source}}"},"name":[{"family":"Own"}]}""");
        await record.Put("Observation", id + "-o", $$"""{"resourceType":"Observation","meta":{"source":"urn:source:{{source}}"},"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{id}}"} }""");
    }

    private async Task<Guid> Link(params string[] patients)
    {
        var person = Guid.NewGuid();
        await record.Database.Scalar($"insert into record.person (id, created_at) values ('{person}', now())");
        foreach (var patient in patients)
            await record.Database.Scalar($"insert into record.link (id, patient, person, method, decided_by, decided_at) values ('{Guid.NewGuid()}', '{patient}', '{person}', 'test', 'test', now())");
        return person;
    }

    private Task<Result<Written>> Delete(string id) => record.Store.Write(record.System, ResourceWrite.Delete("Observation", id), CancellationToken.None);
}

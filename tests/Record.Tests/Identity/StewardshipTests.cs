using System.Text.Json.Nodes;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Identity;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Stewards;
using Record.Core.Organisations;
using Testing;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>What stewards see and decide, on a real database, through the consumer that links.</summary>
public sealed class StewardshipTests : IClassFixture<RecordStore>, IAsyncLifetime
{
    private readonly RecordStore record;
    private readonly AuditLog audit;
    private readonly Stewardship stewards;
    private readonly StewardView queue;
    private readonly Record.Core.Fhir.ResourceStore store;
    private readonly Npgsql.NpgsqlDataSource source;
    private static readonly Access Steward = new("feed.manager", Roles.FeedManager, "RAJ", "TREAT", "test", Guid.CreateVersion7());

    public StewardshipTests(RecordStore record)
    {
        this.record = record;
        source = Npgsql.NpgsqlDataSource.Create(record.Database.As("record_api"));
        audit = new(source, record.Clock);
        store = new(source, audit, record.Clock);
        var rules = new CurrentRules(new LinkageOptions());
        stewards = new(store, audit, rules, record.Clock);
        queue = new(store, audit, rules, CareSystemReader.Read(Checkout.Config).TryGet(out var system, out _) ? system : throw new InvalidOperationException("The configuration cannot be read."));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await audit.DisposeAsync();
        await source.DisposeAsync();
    }

    [Fact]
    public async Task Twins_are_asked_about_and_once_kept_apart_never_again()
    {
        await Put("twin-a", People.Patient("Oliver", "Quarrington", "2015-06-01", "male", phone: "01245 200200", organisation: "RAJ"));
        await Put("twin-b", People.Patient("Arthur", "Quarrington", "2015-06-01", "male", phone: "01245 200200", organisation: "RAJ"));
        var review = await ReviewOf("twin-a", "twin-b");

        await Must(stewards.KeepApart(Steward, review, "Twins: seen on the birth record", default));
        await Put("twin-b", People.Patient("Arthur", "Quarrington", "2015-06-01", "male", phone: "01245 200200", organisation: "RAJ", street: "1 Long Road, Flat 2"));

        Assert.Equal("kept-apart", await record.Database.Scalar($"select state from record.link_review where id = '{review}'"));
        Assert.Equal(0L, await record.Database.Scalar("select count(*) from record.link_review where state = 'open' and 'twin-a' in (first, second) and 'twin-b' in (first, second)"));
        Assert.NotEqual(await PersonOf("twin-a"), await PersonOf("twin-b"));
    }

    [Fact]
    public async Task Kept_apart_is_stronger_than_a_rule_even_through_a_third_record()
    {
        await Put("apart-a", People.Patient("Oliver", "Brackenbury", "2014-06-01", "male", phone: "01245 200201"));
        await Put("apart-b", People.Patient("Oscar", "Brackenbury", "2014-06-01", "male", phone: "01245 200201"));
        await Must(stewards.KeepApart(Steward, await ReviewOf("apart-a", "apart-b"), "Two brothers", default));
        await Put("apart-b", People.Patient("Oliver", "Brackenbury", "2014-06-01", "male", phone: "01245 200201"));
        await Put("apart-c", People.Patient("Oliver", "Brackenbury", "2014-06-01", "male", phone: "01245 200201"));

        Assert.NotEqual(await PersonOf("apart-a"), await PersonOf("apart-b"));
    }

    [Fact]
    public async Task A_link_makes_one_person_of_all_their_records_and_undo_gives_each_back()
    {
        await Put("one-1", People.Patient("Marguerite", "Ashdown", "1961-04-05", number: "9990000107"));
        await Put("one-2", People.Patient("Marguerite", "Ashdown", "1961-04-05", number: "9990000107"));
        await Put("two-1", People.Patient("Marguerite", "Ashdown", "1961-04-05", number: "9990000115"));
        var (before, other) = (await PersonOf("one-1"), await PersonOf("two-1"));
        Assert.Equal(before, await PersonOf("one-2"));
        Assert.NotEqual(before, other);
        var review = Guid.Parse((string)(await record.Database.Scalar("select id::text from record.link_review where state = 'open' and 'two-1' in (first, second) and reason = 'nhs-number-conflict'"))!);

        var decision = await Must(stewards.Link(Steward, review, "The second number was superseded", default));
        Assert.Equal(await PersonOf("one-1"), await PersonOf("two-1"));
        await Must(stewards.Undo(Steward, decision, "Two cousins after all", default));

        Assert.Equal((before, before, other), (await PersonOf("one-1"), await PersonOf("one-2"), await PersonOf("two-1")));
        Assert.Equal("open", await record.Database.Scalar($"select state from record.link_review where id = '{review}'"));
        Assert.Equal(2L, await record.Database.Scalar($"select count(distinct person) from record.person_change where type = 'Link' and id = 'two-1' and person in ('{before}', '{other}')"));
        Assert.Equal(IdentityErrors.NothingToUndo.Code, (await stewards.Undo(Steward, decision, "Again", default)).Error().Code);
    }

    [Fact]
    public async Task A_stewards_link_holds_though_the_data_change()
    {
        await Put("hold-a", People.Patient("Maximilian", "Thorneycroft", "1970-01-02", "male", phone: "01245 200202"));
        await Put("hold-b", People.Patient("Peregrine", "Thorneycroft", "1970-01-02", "male", phone: "01245 200202"));
        await Must(stewards.Link(Steward, await ReviewOf("hold-a", "hold-b"), "Known by his middle name", default));

        await Put("hold-a", People.Patient("Maximilian", "Thorneycroft", "1970-01-02", "male", postcode: "SS1 1AA", street: "9 Sea View"));
        await Put("hold-b", People.Patient("Peregrine", "Thorneycroft", "1970-01-02", "male", postcode: "SS2 2BB", street: "4 Hill Top"));

        Assert.Equal(await PersonOf("hold-a"), await PersonOf("hold-b"));
    }

    [Fact]
    public async Task A_record_that_becomes_another_person_is_quarantined_until_somebody_has_looked()
    {
        await Put("over-a", People.Patient("Winifred", "Pemberton", "1938-02-03", number: "9990000123"));
        await Put("over-b", People.Patient("Winifred", "Pemberton", "1938-02-03", number: "9990000123"));
        var before = await PersonOf("over-a");
        await Put("over-b", People.Patient("Kwame", "Mensah", "1991-08-19", "male", postcode: "SS9 9ZZ", street: "77 High Street"));

        Assert.NotEqual(before, await PersonOf("over-b")); // the union is not shown
        await Put("over-c", People.Patient("Kwame", "Mensah", "1991-08-19", "male", postcode: "SS9 9ZZ", street: "77 High Street"));
        Assert.NotEqual(await PersonOf("over-c"), await PersonOf("over-b")); // nothing links to it

        var overlay = Guid.Parse((string)(await record.Database.Scalar("select id::text from record.overlay where patient = 'over-b' and state = 'open'"))!);
        Assert.True((await queue.Overlay(Steward, overlay, default)).TryGet(out var seen, out _));
        Assert.Equal(("Winifred Pemberton", "Kwame Mensah"), (seen.Before.Name, seen.After.Name));
        await Must(stewards.EndQuarantine(Steward, overlay, false, "The number was given to a new patient", default));

        Assert.Equal(await PersonOf("over-c"), await PersonOf("over-b"));
        Assert.Equal(before, await PersonOf("over-a"));
    }

    [Fact]
    public async Task A_quarantine_that_was_a_correction_goes_back_to_its_person()
    {
        await Put("mend-a", People.Patient("Philippa", "Ravenscroft", "1950-02-03", number: "9990000131"));
        await Put("mend-b", People.Patient("Philippa", "Ravenscroft", "1950-02-03", number: "9990000131"));
        var before = await PersonOf("mend-b");
        await Put("mend-b", People.Patient("Ingrid", "Solberg", "1977-07-07"));
        var overlay = Guid.Parse((string)(await record.Database.Scalar("select id::text from record.overlay where patient = 'mend-b' and state = 'open'"))!);

        await Must(stewards.EndQuarantine(Steward, overlay, true, "Typed into the wrong screen, corrected", default));

        Assert.Equal(before, await PersonOf("mend-b"));
    }

    [Fact]
    public async Task An_unlink_parts_the_record_for_good_and_can_be_undone()
    {
        await Put("part-a", People.Patient("Rosalind", "Hathersage", "1984-05-06", number: "9990000158"));
        await Put("part-b", People.Patient("Rosalind", "Hathersage", "1984-05-06", number: "9990000158"));
        var before = await PersonOf("part-a");

        var decision = await Must(stewards.Unlink(Steward, "part-b", "Two people with one number", default));
        await Put("part-b", People.Patient("Rosalind", "Hathersage", "1984-05-06", number: "9990000158", phone: "01245 200203"));
        Assert.NotEqual(before, await PersonOf("part-b"));
        await Must(stewards.Undo(Steward, decision, "One person after all", default));

        Assert.Equal(before, await PersonOf("part-b"));
    }

    [Fact]
    public async Task A_task_that_a_human_touched_survives_an_unlink_marked_and_one_of_ours_is_open_again()
    {
        await Put("task-a", People.Patient("Theodora", "Wolstenholme", "1984-05-07", number: "9990000166"));
        await Put("task-b", People.Patient("Theodora", "Wolstenholme", "1984-05-07", number: "9990000166"));
        await record.Put("Task", "touched", FollowUp("task-a", "completed"), "api");
        await record.Put("Task", "ours", FollowUp("task-a", "completed"), "pathways");

        await Must(stewards.Unlink(Steward, "task-b", "Two people with one number", default));

        Assert.Equal(("completed", true), await TaskNow("touched"));
        Assert.Equal(("requested", false), await TaskNow("ours"));
    }

    [Fact]
    public async Task A_merge_in_the_source_makes_one_person_and_its_end_parts_them()
    {
        await Put("merge-a", People.Patient("Anna", "Kessington", "1971-01-01"));
        var merged = People.Patient("Beatrix", "Ollerenshaw", "1983-09-09", postcode: "SS4 4AA", street: "5 Mill Lane");
        await Put("merge-b", merged);
        merged["link"] = new JsonArray(new JsonObject { ["other"] = new JsonObject { ["reference"] = "Patient/merge-a" }, ["type"] = "replaced-by" });
        await Put("merge-b", merged);
        Assert.Equal(await PersonOf("merge-a"), await PersonOf("merge-b"));

        await Put("merge-b", People.Patient("Beatrix", "Ollerenshaw", "1983-09-09", postcode: "SS4 4AA", street: "5 Mill Lane"));

        Assert.NotEqual(await PersonOf("merge-a"), await PersonOf("merge-b"));
    }

    [Fact]
    public async Task Each_trust_sees_the_questions_about_its_own_records_and_each_view_is_audited()
    {
        await Put("trust-a", People.Patient("Edmund", "Satterthwaite", "1977-06-01", "male", phone: "01245 200204", organisation: "R1L"));
        await Put("trust-b", People.Patient("Alfred", "Satterthwaite", "1977-06-01", "male", phone: "01245 200204", organisation: "R1L"));
        var review = await ReviewOf("trust-a", "trust-b");
        var other = Steward with { Organisation = "R1L", Request = Guid.CreateVersion7() };

        Assert.Equal(IdentityErrors.NotFound.Code, (await queue.Pair(Steward, review, default)).Error().Code);
        Assert.True((await queue.Pair(other, review, default)).TryGet(out var pair, out _));

        Assert.Contains(pair.Fields, field => field is { Field: "Given", Level: "Different", Weight: < 0 });
        Assert.Contains(pair.Fields, field => field is { Field: "Phone", Level: "Exact", Weight: > 0 });
        Assert.True((await queue.Open(Steward, default)).TryGet(out var mine, out _));
        Assert.DoesNotContain(mine.Lines, line => line.Id == review);
        Assert.True(mine.Elsewhere > 0);
        Assert.Equal(1L, await record.Database.Scalar($"select count(*) from record.audit where request = '{other.Request}' and interaction = 'identity-review' and outcome = 'success' and patients @> array['trust-a', 'trust-b']"));
    }

    [Theory]
    [InlineData("mental-health-clinician", "Because they are", "identity.forbidden")]
    [InlineData(Roles.FeedManager, " ", "identity.no-reason")]
    public async Task Only_a_steward_decides_and_says_why(string role, string reason, string error) =>
        Assert.Equal(error, (await stewards.KeepApart(Steward with { Role = role }, Guid.CreateVersion7(), reason, default)).Error().Code);

    [Fact]
    public async Task What_is_known_of_a_restricted_persons_home_is_not_shown_and_finds_nobody()
    {
        var restricted = People.Patient("Cordelia", "Featherstonehaugh", "1980-03-03", phone: "01245 200205");
        restricted["meta"] = new JsonObject { ["security"] = new JsonArray(new JsonObject { ["code"] = "R" }) };
        await Put("shelter-a", restricted);
        await Put("shelter-b", People.Patient("Cordelia", "Featherstonehaugh", "1980-03-04", phone: "01245 200205"));
        Assert.True((await queue.Open(Access.OfService("test"), default)).TryGet(out var all, out _));

        var seen = all.Lines.SelectMany(line => new[] { line.First, line.Second }).OfType<PatientSeen>().Where(patient => patient.Id == "shelter-a").ToList();
        Assert.All(seen, patient => Assert.Equal((true, null, null), (patient.Restricted, patient.Address, patient.Phone)));
        Assert.Equal(0L, await record.Database.Scalar("select count(*) from record.match_subject where patient = 'shelter-a' and features::text ~* 'CM17ET|long road|1245200205'"));
    }

    [Theory]
    [InlineData("insert into record.link_review (id, first, second, weight, reason, weights_version, state, raised_at, changed_at) values (gen_random_uuid(), 'x', 'x', 1, 'r', 0, 'open', now(), now())")]
    [InlineData("insert into record.link (id, patient, person, method, decided_by, decided_at) select gen_random_uuid(), patient, gen_random_uuid(), 'x', 'x', now() from record.link where current limit 1")]
    [InlineData("insert into record.link (id, patient, person, method, decided_by, decided_at, supersedes) select gen_random_uuid(), 'somebody-else', person, 'x', 'x', now(), id from record.link limit 1")]
    [InlineData("with own as (select gen_random_uuid() id) insert into record.link (id, patient, person, method, decided_by, decided_at, supersedes) select own.id, 'x', person, 'x', 'x', now(), own.id from own, record.link limit 1")]
    [InlineData("insert into record.link (id, patient, person, method, decided_by, decided_at) select gen_random_uuid(), patient, person, 'x', 'x', now() from record.link where current limit 1")]
    [InlineData("update record.link set current = true where id = (select id from record.link where not current limit 1)")]
    [InlineData("update record.link set person = (select id from record.person p where p.id <> link.person limit 1)")]
    public async Task The_database_holds_the_invariants(string sql)
    {
        await Put("inv-a", People.Patient("Gwendolen", "Umfreville", "1984-05-08", number: "9990000174"));
        await Put("inv-b", People.Patient("Gwendolen", "Umfreville", "1984-05-08", number: "9990000174"));
        await Put("inv-b", People.Patient("Gwendolen", "Umfreville", "1999-05-08", number: "9990000174"));

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => record.Database.Scalar(sql));
    }

    private async Task Put(string id, JsonObject patient)
    {
        await record.Put("Patient", id, patient.ToJsonString());
        await record.Identity().Drain(CancellationToken.None);
    }

    private async Task<Guid> PersonOf(string patient) => (await record.Links.PersonsOf(record.System, [patient], CancellationToken.None)).Single().Person;

    private async Task<Guid> ReviewOf(string a, string b) =>
        Guid.Parse((string)(await record.Database.Scalar($"select id::text from record.link_review where state = 'open' and '{a}' in (first, second) and '{b}' in (first, second)") ?? throw new InvalidOperationException("Nobody is asked about them.")));

    private static async Task<Guid> Must(Task<Result<Guid>> deciding)
    {
        var decided = await deciding;
        Assert.True(decided.TryGet(out var decision, out var error), error?.Code);
        return decision;
    }

    private async Task<(string Status, bool Marked)> TaskNow(string id)
    {
        var body = (string)(await record.Database.Scalar($"select convert_from(body, 'UTF8') from record.resource where type = 'Task' and id = '{id}'"))!;
        return (JsonNode.Parse(body)!["status"]!.GetValue<string>(), body.Contains("kept-after-unlink", StringComparison.Ordinal));
    }

    private static string FollowUp(string patient, string status) => $$"""
        {"resourceType":"Task","status":"{{status}}","intent":"order","for":{"reference":"Patient/{{patient}}"},"statusReason":{"text":"The contact arrived from the source system."},
         "code":{"coding":[{"system":"https://fhir.mse-epr.nhs.uk/CodeSystem/task","code":"pathway-follow-up"} ]} }
        """;
}

using System.Text.Json.Nodes;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Stewards;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>Decisions of stewards as a log: each can be taken back, is entered and audited in one transaction, and can be carried out again elsewhere.</summary>
public sealed class StewardDecisionTests : IClassFixture<RecordStore>, IAsyncLifetime
{
    private static readonly Access Steward = new("feed.manager", Roles.FeedManager, "RAJ", "TREAT", "test", Guid.CreateVersion7());

    private readonly RecordStore record;
    private readonly Desk desk;

    public StewardDecisionTests(RecordStore record) => (this.record, desk) = (record, new(record));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await desk.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_a_quarantine_can_be_taken_back(bool onePerson)
    {
        var name = onePerson ? "Ravensdale" : "Hollingworth";
        await Put($"q-{name}-a", People.Patient("Philippa", name, "1950-02-03", number: onePerson ? "9990000204" : "9990000212"));
        await Put($"q-{name}-b", People.Patient("Philippa", name, "1950-02-03", number: onePerson ? "9990000204" : "9990000212"));
        await Put($"q-{name}-b", People.Patient("Ingrid", "Solberg" + name, "1987-07-07", postcode: "SS7 7AA", street: "3 Far Lane"));
        await Put($"q-{name}-c", People.Patient("Ingrid", "Solberg" + name, "1987-07-07", postcode: "SS7 7AA", street: "3 Far Lane"));
        var alone = await PersonOf($"q-{name}-b");
        var overlay = Guid.Parse((string)(await record.Database.Scalar($"select id::text from record.overlay where patient = 'q-{name}-b' and state = 'open'"))!);

        var decision = await Must(desk.Stewards.EndQuarantine(Steward, overlay, onePerson, "Seen at the desk", default));
        Assert.Equal(await PersonOf(onePerson ? $"q-{name}-a" : $"q-{name}-c"), await PersonOf($"q-{name}-b"));
        await Must(desk.Stewards.Undo(Steward, decision, "The wrong one of two", default));

        Assert.Equal(alone, await PersonOf($"q-{name}-b"));
        Assert.Equal("open", await record.Database.Scalar($"select state from record.overlay where id = '{overlay}'"));
        Assert.Equal(true, await record.Database.Scalar($"select held from record.match_subject where patient = 'q-{name}-b'"));
        await Must(desk.Stewards.EndQuarantine(Steward, overlay, !onePerson, "Decided otherwise", default));
    }

    [Fact]
    public async Task A_decision_and_its_audit_row_are_one_transaction()
    {
        await Put("audit-a", People.Patient("Rosalind", "Threlkeld", "1984-05-06", number: "9990000220"));
        await Put("audit-b", People.Patient("Rosalind", "Threlkeld", "1984-05-06", number: "9990000220"));

        var decision = await Must(desk.Stewards.Unlink(Steward, "audit-b", "Two people with one number", default));

        Assert.Equal(1L, await record.Database.Scalar($"""
            select count(*) from record.audit a, record.link_decision d
            where d.id = '{decision}' and a.resource_id = d.id::text and a.interaction = 'identity-unlink' and a.outcome = 'success' and a.xmin = d.xmin and a.patients @> array['audit-a', 'audit-b']
            """));
    }

    [Fact]
    public async Task An_unlink_gives_each_person_its_own_records_in_FHIR_and_its_own_clocks_and_undo_gives_them_back()
    {
        await Put("fhir-a", People.Patient("Gwendolen", "Satterley", "1971-05-06", number: "9990000239"));
        await Put("fhir-b", People.Patient("Gwendolen", "Satterley", "1971-05-06", number: "9990000239"));
        var together = await PersonOf("fhir-a");
        Assert.Equal("fhir-a fhir-b", await TargetsOf(together));
        var last = await record.Database.Scalar("select max(seq) from record.person_change");

        var decision = await Must(desk.Stewards.Unlink(Steward, "fhir-b", "Two people with one number", default));
        var parted = await PersonOf("fhir-b");
        Assert.Equal(("fhir-a", "fhir-b"), (await TargetsOf(together), await TargetsOf(parted)));
        Assert.Equal(2L, await record.Database.Scalar($"select count(distinct person) from record.person_change where seq > {last} and type = 'Link' and person in ('{together}', '{parted}')"));
        await Must(desk.Stewards.Undo(Steward, decision, "One person after all", default));

        Assert.Equal("fhir-a fhir-b", await TargetsOf(together));
        Assert.Equal("false", await record.Database.Scalar($"select convert_from(body, 'UTF8')::jsonb ->> 'active' from record.resource where type = 'Person' and id = '{parted}'"));
    }

    [Fact]
    public async Task A_superseded_number_links_those_who_have_the_old_one_and_undo_parts_what_it_linked()
    {
        await Put("old-a", People.Patient("Marguerite", "Ashenden", "1961-04-05", number: "9990000247"));
        await Put("new-a", People.Patient("Marguerite", "Ashenden", "1961-04-05", number: "9990000255"));
        Assert.NotEqual(await PersonOf("old-a"), await PersonOf("new-a"));

        var decision = await Must(desk.Stewards.WithdrawNumber(Steward, "999 000 0247", "9990000255", "PDS says it was superseded", default));
        Assert.Equal(await PersonOf("new-a"), await PersonOf("old-a"));
        await Put("late-a", People.Patient("Marguerite", "Ashenden", "1961-04-05", number: "9990000247"));
        Assert.Equal(await PersonOf("new-a"), await PersonOf("late-a"));
        await Must(desk.Stewards.Undo(Steward, decision, "Read from the wrong line", default));

        Assert.NotEqual(await PersonOf("old-a"), await PersonOf("new-a"));
        Assert.Equal(IdentityErrors.NoNumber.Code, (await desk.Stewards.WithdrawNumber(Steward, "9990000248", null, "Not a number", default)).Error().Code);
    }

    [Fact]
    public async Task An_invalidated_number_shows_nothing_any_more()
    {
        await Put("void-a", People.Patient("Hermione", "Blackadder", "1951-04-05", number: "9990000263", postcode: "SS1 1AA", street: "1 One Street"));
        await Put("void-b", People.Patient("", "", "1951-04-05", number: "9990000263", postcode: "CM9 9ZZ", street: "9 Nine Street"));
        Assert.Equal(await PersonOf("void-a"), await PersonOf("void-b"));

        await Must(desk.Stewards.WithdrawNumber(Steward, "9990000263", null, "Given twice by mistake", default));

        Assert.NotEqual(await PersonOf("void-a"), await PersonOf("void-b"));
        Assert.Equal(0L, await record.Database.Scalar("select count(*) from record.match_subject where patient in ('void-a', 'void-b') and features ->> 'NhsNumber' is not null"));
    }

    [Fact]
    public async Task The_log_of_decisions_carried_out_on_the_same_records_elsewhere_gives_the_same_persons()
    {
        var first = new RecordStore();
        var second = new RecordStore();
        await first.InitializeAsync();
        await second.InitializeAsync();
        foreach (var store in (RecordStore[])[first, second])
        {
            await Twins(store, "keep", "9990000271");
            await Twins(store, "join", "9990000298");
            await Twins(store, "back", "9990000301");
        }

        await using (var here = new Desk(first))
        {
            await Must(here.Stewards.KeepApart(Steward, await ReviewOf(first, "keep"), "Twins", default));
            await Must(here.Stewards.Link(Steward, await ReviewOf(first, "join"), "Known by both names", default));
            var mistaken = await Must(here.Stewards.Link(Steward, await ReviewOf(first, "back"), "A mistake", default));
            await Must(here.Stewards.Undo(Steward, mistaken, "Mended", default));
            await Must(here.Stewards.Unlink(Steward, "join-c", "Somebody else's number", default));
        }

        await using (var there = new Desk(second))
            foreach (var decision in await Log(first)) await Must(there.Stewards.Carry(Access.OfService("rebuild"), decision, default));

        Assert.Equal(await Persons(first), await Persons(second));
        Assert.Equal(await first.Database.Scalar(DecidedSql), await second.Database.Scalar(DecidedSql));
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Only_a_service_carries_out_a_log() =>
        Assert.Equal(IdentityErrors.Forbidden.Code, (await desk.Stewards.Carry(Steward, new(Guid.CreateVersion7(), record.Clock.GetUtcNow(), "unlink", "x", null, null, "somebody", "RAJ", "Because"), default)).Error().Code);

    private const string DecidedSql = "select string_agg(id::text || kind || coalesce(first, '') || coalesce(second, '') || decided_by || organisation || reason || at, E'\\n' order by id) from record.link_decision";

    private static async Task Twins(RecordStore store, string name, string number)
    {
        foreach (var (id, given, mine) in (IEnumerable<(string, string, string?)>)[("a", "Oliver", null), ("b", "Arthur", number), ("c", "Arthur", number)])
        {
            await store.Put("Patient", $"{name}-{id}", People.Patient(given, "Quarr" + name, "2015-06-01", "male", phone: "01245 200200", number: mine).ToJsonString());
            await store.Identity().Drain(CancellationToken.None);
        }
    }

    private static async Task<Guid> ReviewOf(RecordStore store, string name) =>
        Guid.Parse((string)(await store.Database.Scalar($"select id::text from record.link_review where state = 'open' and first like '{name}-%' order by weight desc, first, second limit 1"))!);

    private static async Task<object?> Persons(RecordStore store) =>
        await store.Database.Scalar("select string_agg(p, E'\\n' order by p) from (select string_agg(patient, ' ' order by patient) p from record.link where current group by person) persons");

    private static async Task<List<Deciding>> Log(RecordStore store)
    {
        await using var connection = new NpgsqlConnection(store.Database.Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select id, at, kind, first, second, undoes, decided_by, organisation, reason from record.link_decision order by at, id", connection);
        await using var row = await command.ExecuteReaderAsync();
        var log = new List<Deciding>();
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync())
            log.Add(new(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), Text(3), Text(4), row.IsDBNull(5) ? null : row.GetGuid(5), row.GetString(6), row.GetString(7), row.GetString(8)));
        return log;
    }

    private async Task Put(string id, JsonObject patient)
    {
        await record.Put("Patient", id, patient.ToJsonString());
        await record.Identity().Drain(CancellationToken.None);
    }

    private async Task<Guid> PersonOf(string patient) => (await record.Links.PersonsOf(record.System, [patient], CancellationToken.None)).Single().Person;

    private async Task<string?> TargetsOf(Guid person) => (string?)await record.Database.Scalar($"""
        select string_agg(substr(t -> 'target' ->> 'reference', 9), ' ' order by t -> 'target' ->> 'reference')
        from record.resource r, jsonb_array_elements(convert_from(r.body, 'UTF8')::jsonb -> 'link') t where r.type = 'Person' and r.id = '{person}'
        """);

    private static async Task<Guid> Must(Task<Result<Guid>> deciding)
    {
        var decided = await deciding;
        Assert.True(decided.TryGet(out var decision, out var error), error?.Code);
        return decision;
    }

    /// <summary>Stewards at work on a record, as the role of the API.</summary>
    private sealed class Desk : IAsyncDisposable
    {
        private readonly NpgsqlDataSource source;
        private readonly AuditLog audit;
        private readonly ResourceStore store;

        public Desk(RecordStore record)
        {
            source = NpgsqlDataSource.Create(record.Database.As("record_api"));
            audit = new(source, record.Clock);
            store = new(source, audit, record.Clock);
            Stewards = new(store, audit, new CurrentRules(new LinkageOptions()), record.Clock);
        }

        public Stewardship Stewards { get; }

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await audit.DisposeAsync();
            await source.DisposeAsync();
        }
    }
}

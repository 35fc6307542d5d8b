using System.Text.Json.Nodes;
using Record.Core.ChangeLog;
using Record.Core.Identity;
using Record.Core.Identity.Bulk;
using Record.Core.Identity.Evaluation;
using Record.Core.Identity.Matching;
using Testing;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>Everybody linked at once gives what one by one gives, goes on where it was stopped, and lets nobody else link meanwhile.</summary>
public sealed class LinkAllTests
{
    public static TheoryData<string, int> Sets => new() { { "febrl-1-2.zip dataset1", 1000 }, { "splink-fake1000.zip fake_1000", 1000 }, { "splink-historical-uk-fifth.zip historical_figures", 1200 }, { "invented", 700 } };

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Everybody_at_once_gives_the_persons_and_questions_that_one_by_one_gives(string set, int most)
    {
        var patients = Patients(set, most);
        await using var one = await Started(patients);
        await using var all = await Started(patients);

        await OneByOne(one, patients.Keys);
        await Run(all, false);

        Assert.Equal(await Text(one, PersonsSql), await Text(all, PersonsSql));
        Assert.Equal(await Text(one, QuestionsSql), await Text(all, QuestionsSql));
        Assert.Equal(await Text(one, SubjectsSql), await Text(all, SubjectsSql));
        Assert.Equal(await Text(one, BlocksSql), await Text(all, BlocksSql));
        Assert.Equal(await Text(one, FhirSql), await Text(all, FhirSql));
        Assert.Equal(await Text(one, StreamSql), await Text(all, StreamSql));
    }

    [Fact]
    public async Task The_consumer_goes_on_after_it_and_hands_nothing_on_twice()
    {
        var patients = Patients("invented", 60);
        await using var store = await Started(patients);
        await Run(store, false);
        var handed = await store.Record.Database.Scalar("select count(*) from record.person_change");
        var first = patients.First();

        await store.Record.Identity().Drain(CancellationToken.None);
        Assert.Equal(handed, await store.Record.Database.Scalar("select count(*) from record.person_change"));
        await store.Record.Put("Patient", "arrives-later", first.Value.ToJsonString());
        await store.Record.Identity().Drain(CancellationToken.None);

        Assert.Equal(1L, await store.Record.Database.Scalar("select count(*) from record.person_change where id = 'arrives-later'"));
        Assert.Equal(1L, await store.Record.Database.Scalar($"select count(distinct person) from record.link where current and patient in ('arrives-later', '{first.Key}')"));
    }

    [Theory]
    [InlineData("entered")]
    [InlineData("blocks")]
    [InlineData("persons")]
    public async Task A_run_that_was_stopped_goes_on_and_meanwhile_nobody_else_links(string stopAfter)
    {
        var patients = Patients("invented", 300);
        await using var whole = await Started(patients);
        await using var stopped = await Started(patients);
        await Run(whole, false);
        await Assert.ThrowsAsync<OperationCanceledException>(() => stopped.LinkAll.Run(false, stage => { if (stage.StartsWith(stopAfter, StringComparison.Ordinal)) throw new OperationCanceledException(); }, CancellationToken.None));

        await Assert.ThrowsAsync<ConsumerRefusedException>(() => stopped.Record.Identity().Drain(CancellationToken.None));
        await Run(stopped, false);

        Assert.Equal(await Text(whole, PersonsSql), await Text(stopped, PersonsSql));
        Assert.Equal(await Text(whole, QuestionsSql), await Text(stopped, QuestionsSql));
        Assert.Equal(await Text(whole, BlocksSql), await Text(stopped, BlocksSql));
        Assert.Equal(await Text(whole, StreamSql), await Text(stopped, StreamSql));
        Assert.Equal(0L, await stopped.Record.Database.Scalar("select count(*) from record.linkage_run where finished_at is null"));
    }

    [Fact]
    public async Task Again_changes_nothing_where_nothing_has_changed_and_keeps_what_stewards_decided()
    {
        var patients = Patients("invented", 200);
        await using var store = await Started(patients);
        await Run(store, false);
        var apart = (string)(await store.Record.Database.Scalar("update record.link_review set state = 'kept-apart' where id = (select id from record.link_review where state = 'open' order by weight desc limit 1) returning first || ' ' || second"))!;
        var before = await Text(store, PersonsSql);

        await Run(store, true);

        Assert.Equal(before, await Text(store, PersonsSql));
        Assert.Equal("kept-apart", await store.Record.Database.Scalar($"select state from record.link_review where first || ' ' || second = '{apart}'"));
    }

    [Fact]
    public async Task Changes_about_a_patient_who_is_not_there_are_handed_on_for_a_person_of_their_own()
    {
        await using var store = await Started([]);
        await store.Record.Put("Observation", "of-nobody", """{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/never-sent"} }""");

        await Run(store, false);

        Assert.Equal(1L, await store.Record.Database.Scalar("select count(*) from record.person_change p join record.link l on l.person = p.person where p.id = 'of-nobody' and l.patient = 'never-sent' and l.method = 'own'"));
    }

    private const string PersonsSql = "select string_agg(p, E'\\n' order by p) from (select string_agg(patient, ' ' order by patient) p from record.link where current group by person) persons";
    private const string QuestionsSql = "select string_agg(first || ' ' || second || ' ' || reason || ' ' || round(weight::numeric, 6), E'\\n' order by first, second) from record.link_review where state = 'open'";
    private const string SubjectsSql = "select string_agg(s.patient || ' ' || crowded || ' ' || coalesce(ethnicity, '-') || ' ' || l.method || features::text, E'\\n' order by s.patient) from record.match_subject s join record.link l on l.patient = s.patient and l.current";
    private const string BlocksSql = "select string_agg(b.key || ' ' || s.patient, E'\\n' order by b.key, s.patient) from record.match_block b join record.match_subject s on s.number = b.subject";
    private const string FhirSql = "select string_agg(f, E'\\n' order by f) from (select string_agg(t ->> 'assurance' || (t -> 'target' ->> 'reference'), ' ' order by t -> 'target' ->> 'reference') f from record.resource r, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'link') t where type = 'Person' and not deleted group by id) persons";
    private const string StreamSql = "select string_agg(id || ' ' || version, E'\\n' order by id, version) from record.person_change where type = 'Patient'";

    private static async Task<string?> Text(Linked store, string sql) => await store.Record.Database.Scalar(sql) as string;

    private static async Task Run(Linked store, bool again)
    {
        var linked = await store.LinkAll.Run(again, _ => { }, CancellationToken.None);
        Assert.True(linked.IsSuccess);
    }

    private static async Task OneByOne(Linked store, IEnumerable<string> patients)
    {
        var consumer = new LinkPatients(store.Record.Clock);
        foreach (var some in patients.Order(StringComparer.Ordinal).Chunk(50))
        {
            await using var transaction = await store.Record.Store.Begin(Core.Access.OfService("record-worker/identity"), LinkPatients.Name, CancellationToken.None);
            await consumer.Handle([.. some.Select(id => new Change(0, "Patient", id, 1, id, null, "api", store.Record.Clock.GetUtcNow()))], transaction, CancellationToken.None);
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }
    }

    private static async Task<Linked> Started(Dictionary<string, JsonObject> patients)
    {
        var record = new RecordStore();
        await record.InitializeAsync();
        foreach (var some in patients.Chunk(200))
        {
            await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
            foreach (var (id, patient) in some) transaction.Put("Patient", id, patient);
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }

        return new(record, new LinkAll(record.Store, record.Source, new CurrentRules(new LinkageOptions()), record.Clock));
    }

    private static Dictionary<string, JsonObject> Patients(string set, int most)
    {
        if (set == "invented") return new InventedRecords(11, 2).Of(most).OrderBy(record => record.Id, StringComparer.Ordinal).ToDictionary(record => record.Id, record => record.Patient);
        var (file, name) = (set.Split(' ')[0], set.Split(' ')[1]);
        var suites = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        return LinkageSet.ReadAll(Path.Combine(suites, "linkage", file)).Single(read => read.Name == name).Subjects.Take(most)
            .Select((subject, i) => (Id: $"r{i:00000}", Patient: Fhir(subject))).ToDictionary(record => record.Id, record => record.Patient);
    }

    // The set as a source system would send it.
    private static JsonObject Fhir(MatchSubject subject)
    {
        static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];
        var patient = new JsonObject { ["resourceType"] = "Patient", ["name"] = new JsonArray(new JsonObject { ["family"] = string.Join(' ', subject.Family), ["given"] = Array(subject.Given) }) };
        if (subject.BirthDate is { Length: 8 } born && DateOnly.TryParseExact(born, "yyyyMMdd", out var date)) patient["birthDate"] = date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (subject.Sex is { } sex) patient["gender"] = sex == 'm' ? "male" : "female";
        if (subject.Postcodes.Count + subject.Addresses.Count + subject.Localities.Count > 0)
            patient["address"] = new JsonArray(new JsonObject { ["line"] = Array(subject.Addresses.Take(1)), ["city"] = subject.Localities is [var city, ..] ? city : null, ["postalCode"] = subject.Postcodes is [var code, ..] ? code : null });
        if (subject.Emails.Count > 0) patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "email", ["value"] = subject.Emails[0] });
        return patient;
    }

    private sealed record Linked(RecordStore Record, LinkAll LinkAll) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Record.DisposeAsync();
    }
}

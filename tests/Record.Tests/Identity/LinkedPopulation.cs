using System.Text.Json.Nodes;
using Record.Core.ChangeLog;
using Record.Core.Identity;
using Record.Core.Identity.Bulk;
using Record.Core.Identity.Matching;
using Xunit;

namespace Record.Tests.Identity;

/// <summary>A record with patients in it, to be linked one by one or all at once, and what came of it as text.</summary>
public sealed class LinkedPopulation : IAsyncDisposable
{
    /// <summary>All that linking makes, by name.</summary>
    public static IReadOnlyDictionary<string, string> Made { get; } = new Dictionary<string, string>
    {
        ["persons"] = PersonsSql, ["questions"] = QuestionsSql, ["subjects"] = SubjectsSql, ["blocks"] = BlocksSql, ["FHIR Persons"] = FhirSql, ["stream"] = StreamSql,
    };

    private const string PersonsSql = "select string_agg(p, E'\\n' order by p) from (select string_agg(patient, ' ' order by patient) p from record.link where current group by person) persons";
    private const string QuestionsSql = "select string_agg(first || ' ' || second || ' ' || reason || ' ' || round(weight::numeric, 6), E'\\n' order by first, second) from record.link_review where state = 'open'";
    private const string SubjectsSql = "select string_agg(s.patient || ' ' || crowded || ' ' || coalesce(ethnicity, '-') || ' ' || l.method || features::text, E'\\n' order by s.patient) from record.match_subject s join record.link l on l.patient = s.patient and l.current";
    private const string BlocksSql = "select string_agg(b.key || ' ' || s.patient, E'\\n' order by b.key, s.patient) from record.match_block b join record.match_subject s on s.number = b.subject";
    private const string FhirSql = "select string_agg(f, E'\\n' order by f) from (select string_agg(t ->> 'assurance' || (t -> 'target' ->> 'reference'), ' ' order by t -> 'target' ->> 'reference') f from record.resource r, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'link') t where type = 'Person' and not deleted group by id) persons";
    private const string StreamSql = "select string_agg(id || ' ' || version, E'\\n' order by id, version) from record.person_change where type = 'Patient'";

    private LinkedPopulation(RecordStore record) => (Record, All) = (record, new(record.Store, record.Source, new CurrentRules(new LinkageOptions()), record.Clock));

    public RecordStore Record { get; }

    public LinkAll All { get; }

    /// <summary>A record of its own with these patients, not linked yet.</summary>
    public static async Task<LinkedPopulation> Of(IReadOnlyDictionary<string, JsonObject> patients)
    {
        var record = new RecordStore();
        await record.InitializeAsync();
        foreach (var some in patients.Chunk(200))
        {
            await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
            foreach (var (id, patient) in some) transaction.Put("Patient", id, patient);
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }

        return new(record);
    }

    /// <summary>Links everybody at once.</summary>
    public async Task AtOnce(bool again = false) => Assert.True((await All.Run(again, _ => { }, CancellationToken.None)).IsSuccess);

    /// <summary>Links as the consumer does.</summary>
    public async Task OneByOne(IEnumerable<string> patients)
    {
        var consumer = new LinkPatients(Record.Clock);
        foreach (var some in patients.Order(StringComparer.Ordinal).Chunk(50))
        {
            await using var transaction = await Record.Store.Begin(Core.Access.OfService("record-worker/identity"), LinkPatients.Name, CancellationToken.None);
            await consumer.Handle([.. some.Select(id => new Change(0, "Patient", id, 1, id, null, "api", Record.Clock.GetUtcNow()))], transaction, CancellationToken.None);
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }
    }

    /// <summary>What there is of one kind, as text.</summary>
    public async Task<string?> Text(string what) => await Record.Database.Scalar(Made[what]) as string;

    /// <summary>Fails unless both have the same.</summary>
    public async Task MustEqual(LinkedPopulation other, params string[] kinds)
    {
        foreach (var what in kinds.Length > 0 ? kinds : Made.Keys) Assert.Equal(await Text(what), await other.Text(what));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Record.DisposeAsync();
}

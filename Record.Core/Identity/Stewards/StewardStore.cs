using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using static Record.Core.Fhir.TransactionSql;

namespace Record.Core.Identity.Stewards;

/// <summary>What a steward is told of the queue as a whole.</summary>
internal sealed record QueueCounts(long Elsewhere, long Crowded);

/// <summary>The stewards' queue and their decisions, within a transaction. All SQL of stewardship is in this file.</summary>
internal static class StewardStore
{
    private const string ReviewColumns = "r.id, r.first, r.second, r.weight, r.reason, r.state, r.raised_at";
    private const string OverlayColumns = "o.id, o.patient, o.version_before, o.version_after, o.person_before, o.state, o.raised_at";
    private const string DecisionColumns = """
        d.id, d.at, d.kind, d.review, d.overlay, d.undoes, d.decided_by, d.organisation, d.reason, d.moved::text,
        exists (select from record.link_decision u where u.undoes = d.id), d.first, d.second
        """;

    // A steward sees what concerns a record of their own organisation, and what no organisation is known for.
    private const string Mine = """
        left join record.match_subject a on a.patient = r.first left join record.match_subject b on b.patient = r.second
        where ($1::text is null or a.organisation = $1 or b.organisation = $1 or a.organisation is null and b.organisation is null)
        """;

    private const string OpenSql = $"select {ReviewColumns} from record.link_review r {Mine} and r.state = 'open' order by r.weight desc, r.id limit $2";

    private const string OneSql = $"select {ReviewColumns} from record.link_review r {Mine} and r.id = $2";

    private const string OverlaysSql = $"""
        select {OverlayColumns} from record.overlay o left join record.match_subject a on a.patient = o.patient
        where o.state = 'open' and ($1::text is null or a.organisation = $1 or a.organisation is null) order by o.raised_at, o.id limit $2
        """;

    private const string OverlaySql = $"""
        select {OverlayColumns} from record.overlay o left join record.match_subject a on a.patient = o.patient
        where o.id = $2 and ($1::text is null or a.organisation = $1 or a.organisation is null)
        """;

    private const string CountsSql = $"""
        select (select count(*) from record.link_review where state = 'open') - (select count(*) from record.link_review r {Mine} and r.state = 'open'),
            (select count(*) from record.match_subject where crowded > 0)
        """;

    private const string DecisionsSql = $"""
        select {DecisionColumns} from record.link_decision d
        where d.review = $1 or d.overlay = $1 or d.undoes in (select id from record.link_decision where review = $1 or overlay = $1) order by d.at desc, d.id desc
        """;

    private const string LatestSql = $"select {DecisionColumns} from record.link_decision d where $1::text is null or d.organisation = $1 order by d.at desc, d.id desc limit 10";

    private const string DecisionSql = $"select {DecisionColumns} from record.link_decision d where d.id = $1";

    private const string DecideSql = """
        insert into record.link_decision (id, at, kind, undoes, decided_by, organisation, reason, first, second, review, overlay, moved)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    private const string OnPairSql = $"select {ReviewColumns} from record.link_review r where r.first = $1 and r.second = $2";

    // A question that was never asked here, or in other words, is answered all the same.
    private const string SetPairSql = """
        insert into record.link_review as r (id, first, second, weight, reason, weights_version, state, raised_at, changed_at)
        values ($1, $2, $3, 0, 'steward', 0, $4, $5, $5)
        on conflict (first, second) do update set state = excluded.state, changed_at = excluded.changed_at
        returning id
        """;

    private const string BetweenSql = """
        update record.link_review r set state = 'withdrawn', changed_at = $3
        from record.link a, record.link b
        where r.state = 'open' and a.current and b.current and a.patient = r.first and b.patient = r.second
            and (a.person = $1 and b.person = $2 or a.person = $2 and b.person = $1)
            and (r.first in (select patient from record.link where person = $1 and current) or r.second in (select patient from record.link where person = $1 and current))
        """;

    private const string OverlayOfSql = $"select {OverlayColumns} from record.overlay o where o.patient = $1 order by o.raised_at desc, o.id desc limit 1";

    private const string SetReviewSql = "update record.link_review set state = $2, changed_at = $3 where id = $1";

    private const string SetOverlaySql = "update record.overlay set state = $2 where id = $1";

    private const string ApartSql = """
        insert into record.link_review as r (id, first, second, weight, reason, weights_version, state, raised_at, changed_at)
        values ($1, $2, $3, 0, 'unlinked', 0, 'kept-apart', $4, $4)
        on conflict (first, second) do update set state = 'kept-apart', changed_at = excluded.changed_at
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Task<List<Review>> Open(RecordTransaction transaction, string? organisation, int most, CancellationToken cancellation) =>
        Read(transaction, OpenSql, ToReview, cancellation, Text(organisation), most);

    public static async Task<Review?> Find(RecordTransaction transaction, string? organisation, Guid id, CancellationToken cancellation) =>
        (await Read(transaction, OneSql, ToReview, cancellation, Text(organisation), id)).FirstOrDefault();

    public static Task<List<OverlayCase>> Overlays(RecordTransaction transaction, string? organisation, int most, CancellationToken cancellation) =>
        Read(transaction, OverlaysSql, ToOverlay, cancellation, Text(organisation), most);

    public static async Task<OverlayCase?> Overlay(RecordTransaction transaction, string? organisation, Guid id, CancellationToken cancellation) =>
        (await Read(transaction, OverlaySql, ToOverlay, cancellation, Text(organisation), id)).FirstOrDefault();

    public static async Task<QueueCounts> Counts(RecordTransaction transaction, string? organisation, CancellationToken cancellation) =>
        (await Read(transaction, CountsSql, row => new QueueCounts(row.GetInt64(0), row.GetInt64(1)), cancellation, Text(organisation))).Single();

    public static Task<List<Decision>> DecisionsOn(RecordTransaction transaction, Guid question, CancellationToken cancellation) =>
        Read(transaction, DecisionsSql, ToDecision, cancellation, question);

    public static Task<List<Decision>> LatestDecisions(RecordTransaction transaction, string? organisation, CancellationToken cancellation) =>
        Read(transaction, LatestSql, ToDecision, cancellation, Text(organisation));

    public static async Task<Decision?> Decision(RecordTransaction transaction, Guid id, CancellationToken cancellation) =>
        (await Read(transaction, DecisionSql, ToDecision, cancellation, id)).FirstOrDefault();

    /// <summary>Enters a decision in the log, and what it came to.</summary>
    public static Task Keep(RecordTransaction transaction, Deciding decision, Outcome outcome, CancellationToken cancellation) => Run(transaction, DecideSql, cancellation,
        decision.Id, decision.At, decision.Kind, Id(decision.Undoes), decision.By, decision.Organisation, decision.Reason, Text(decision.First), Text(decision.Second),
        Id(outcome.Review), Id(outcome.Overlay), new NpgsqlParameter { Value = JsonSerializer.Serialize(outcome.Moved, Json), NpgsqlDbType = NpgsqlDbType.Jsonb });

    /// <summary>The question about a pair, whatever its state; null if it was never asked.</summary>
    public static async Task<Review?> OnPair(RecordTransaction transaction, string a, string b, CancellationToken cancellation)
    {
        var inOrder = string.CompareOrdinal(a, b) < 0;
        return (await Read(transaction, OnPairSql, ToReview, cancellation, inOrder ? a : b, inOrder ? b : a)).FirstOrDefault();
    }

    /// <summary>Sets what was decided about a pair.</summary>
    public static async Task<Guid> SetPair(RecordTransaction transaction, string a, string b, string state, DateTimeOffset at, CancellationToken cancellation)
    {
        var inOrder = string.CompareOrdinal(a, b) < 0;
        return (await Read(transaction, SetPairSql, row => row.GetGuid(0), cancellation, Guid.CreateVersion7(), inOrder ? a : b, inOrder ? b : a, state, at)).Single();
    }

    /// <summary>Withdraws what else is asked about two persons.</summary>
    public static Task WithdrawBetween(RecordTransaction transaction, Guid one, Guid other, DateTimeOffset at, CancellationToken cancellation) => Run(transaction, BetweenSql, cancellation, one, other, at);

    /// <summary>The latest quarantine of a source patient.</summary>
    public static async Task<OverlayCase?> OverlayOf(RecordTransaction transaction, string patient, CancellationToken cancellation) =>
        (await Read(transaction, OverlayOfSql, ToOverlay, cancellation, patient)).FirstOrDefault();

    public static Task SetReview(RecordTransaction transaction, Guid id, string state, DateTimeOffset at, CancellationToken cancellation) => Run(transaction, SetReviewSql, cancellation, id, state, at);

    public static Task SetOverlay(RecordTransaction transaction, Guid id, string state, CancellationToken cancellation) => Run(transaction, SetOverlaySql, cancellation, id, state);

    public static Task KeepApart(RecordTransaction transaction, string a, string b, DateTimeOffset at, CancellationToken cancellation)
    {
        var inOrder = string.CompareOrdinal(a, b) < 0;
        return Run(transaction, ApartSql, cancellation, Guid.CreateVersion7(), inOrder ? a : b, inOrder ? b : a, at);
    }

    private static Review ToReview(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetDouble(3), row.GetString(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6));

    private static OverlayCase ToOverlay(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetGuid(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6));

    private static Decision ToDecision(NpgsqlDataReader row)
    {
        Guid? At(int place) => row.IsDBNull(place) ? null : row.GetGuid(place);
        return new(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), At(3), At(4), At(5), row.GetString(6), row.GetString(7), row.GetString(8),
            JsonSerializer.Deserialize<List<MovedLink>>(row.GetString(9), Json)!) { IsUndone = row.GetBoolean(10), First = row.IsDBNull(11) ? null : row.GetString(11), Second = row.IsDBNull(12) ? null : row.GetString(12) };
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}

using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;

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
        exists (select from record.link_decision u where u.undoes = d.id)
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
        insert into record.link_decision (id, at, kind, review, overlay, undoes, decided_by, organisation, reason, moved)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

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

    public static Task Keep(RecordTransaction transaction, Decision decision, CancellationToken cancellation) => Run(transaction, DecideSql, cancellation,
        decision.Id, decision.At, decision.Kind, Id(decision.Review), Id(decision.Overlay), Id(decision.Undoes), decision.By, decision.Organisation, decision.Reason,
        new NpgsqlParameter { Value = JsonSerializer.Serialize(decision.Moved, Json), NpgsqlDbType = NpgsqlDbType.Jsonb });

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
            JsonSerializer.Deserialize<List<MovedLink>>(row.GetString(9), Json)!) { IsUndone = row.GetBoolean(10) };
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static async Task<List<T>> Read<T>(RecordTransaction transaction, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(transaction, sql, values);
        var found = new List<T>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(read(row));
        return found;
    }

    private static async Task Run(RecordTransaction transaction, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(transaction, sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Command(RecordTransaction transaction, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }
}

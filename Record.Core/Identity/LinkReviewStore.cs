using Npgsql;
using Record.Core.Fhir;
using static Record.Core.Fhir.TransactionSql;

namespace Record.Core.Identity;

/// <summary>The stewards' queue as the consumer writes it. All SQL of raising and withdrawing questions is in this file.</summary>
internal static class LinkReviewStore
{
    private const string RaiseSql = """
        insert into record.link_review as r (id, first, second, weight, reason, weights_version, state, raised_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, 'open', $7, $7)
        on conflict (first, second) do update set weight = excluded.weight, reason = excluded.reason, weights_version = excluded.weights_version,
            state = 'open', changed_at = excluded.changed_at
            where r.state in ('open', 'withdrawn')
        """;

    // What a patient was asked about and is no longer: they are one person now, or nothing speaks for it.
    private const string WithdrawSql = """
        update record.link_review set state = 'withdrawn', changed_at = $3
        where state = 'open' and (first = $1 or second = $1) and not (case when first = $1 then second else first end = any($2))
        """;

    // Decisions that are still open on patients of one person.
    private const string AnsweredSql = """
        update record.link_review r set state = 'withdrawn', changed_at = $2
        from record.link a, record.link b
        where r.state = 'open' and a.current and b.current and a.patient = r.first and b.patient = r.second and a.person = b.person and a.person = $1
            and r.first in (select patient from record.link where person = $1 and current)
        """;

    private const string ApartSql = """
        select case when first = any($1) then second else first end from record.link_review
        where state = 'kept-apart' and (first = any($1) or second = any($1))
        """;

    private const string BoundSql = """
        select case when first = $1 then second else first end from record.link_review where state = 'linked' and (first = $1 or second = $1)
        """;

    // An unlink that is undone: the records it kept apart may be linked again.
    private const string ForgetSql = """
        update record.link_review set state = 'withdrawn', changed_at = now()
        where state = 'kept-apart' and reason = 'unlinked' and (first = $1 or second = $1) and changed_at = $2
        """;

    private const string OverlaySql = """
        insert into record.overlay (id, patient, version_before, version_after, person_before, raised_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (patient) where state = 'open' do update set version_after = excluded.version_after
        """;

    public static async Task Raise(RecordTransaction transaction, string a, string b, double weight, string reason, int version, DateTimeOffset at, CancellationToken cancellation)
    {
        var inOrder = string.CompareOrdinal(a, b) < 0;
        await Run(transaction, RaiseSql, cancellation, Guid.CreateVersion7(), inOrder ? a : b, inOrder ? b : a, weight, reason, version, at);
    }

    public static Task WithdrawOthers(RecordTransaction transaction, string patient, string[] asked, DateTimeOffset at, CancellationToken cancellation) =>
        Run(transaction, WithdrawSql, cancellation, patient, asked, at);

    public static Task WithdrawAnswered(RecordTransaction transaction, Guid person, DateTimeOffset at, CancellationToken cancellation) =>
        Run(transaction, AnsweredSql, cancellation, person, at);

    public static Task Forget(RecordTransaction transaction, string patient, DateTimeOffset unlinkedAt, CancellationToken cancellation) =>
        Run(transaction, ForgetSql, cancellation, patient, unlinkedAt);

    /// <summary>The source patients that stewards keep apart from any of these.</summary>
    public static Task<HashSet<string>> KeptApart(RecordTransaction transaction, string[] patients, CancellationToken cancellation) => Patients(transaction, ApartSql, patients, cancellation);

    /// <summary>The source patients that stewards linked with this one.</summary>
    public static Task<HashSet<string>> Bound(RecordTransaction transaction, string patient, CancellationToken cancellation) => Patients(transaction, BoundSql, patient, cancellation);

    private static async Task<HashSet<string>> Patients(RecordTransaction transaction, string sql, object value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection) { Parameters = { new() { Value = value } } };
        var patients = new HashSet<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) patients.Add(row.GetString(0));
        return patients;
    }

    public static Task RaiseOverlay(RecordTransaction transaction, string patient, int before, int after, Guid person, DateTimeOffset at, CancellationToken cancellation) =>
        Run(transaction, OverlaySql, cancellation, Guid.CreateVersion7(), patient, before, after, person, at);
}

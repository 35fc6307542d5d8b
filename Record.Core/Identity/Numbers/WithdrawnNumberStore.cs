using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;
using static Record.Core.Fhir.TransactionSql;

namespace Record.Core.Identity.Numbers;

/// <summary>The list of withdrawn NHS numbers. All SQL of it is in this file.</summary>
internal static class WithdrawnNumberStore
{
    private const string AllSql = "select number, replaced_by from record.withdrawn_number";

    // A number and those that follow it.
    private const string ChainSql = """
        with recursive chain as (
            select number, replaced_by from record.withdrawn_number where number = $1
            union select w.number, w.replaced_by from chain c join record.withdrawn_number w on w.number = c.replaced_by)
        select number, replaced_by from chain
        """;

    private const string PutSql = """
        insert into record.withdrawn_number (number, replaced_by, decision, since) values ($1, $2, $3, $4)
        on conflict (number) do update set replaced_by = excluded.replaced_by, decision = excluded.decision, since = excluded.since
        """;

    private const string RemoveSql = "delete from record.withdrawn_number where number = $1";

    private const string HoldersSql = """
        select patient from record.match_subject where number in (select subject from record.match_block where key = any($1)) order by patient
        """;

    /// <summary>The whole list.</summary>
    public static Task<WithdrawnNumbers> All(RecordTransaction transaction, CancellationToken cancellation) => Read(transaction, AllSql, null, cancellation);

    /// <summary>A record with what the list says of its number.</summary>
    public static async Task<MatchSubject> Applied(RecordTransaction transaction, MatchSubject subject, CancellationToken cancellation) =>
        subject.NhsNumber is null ? subject : (await Read(transaction, ChainSql, subject.NhsNumber, cancellation)).Apply(subject);

    /// <summary>Puts a number on the list.</summary>
    public static Task Put(RecordTransaction transaction, string number, string? replacedBy, Guid decision, DateTimeOffset at, CancellationToken cancellation) =>
        Run(transaction, PutSql, cancellation, number, new NpgsqlParameter { Value = (object?)replacedBy ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, decision, at);

    /// <summary>Whether a number is on the list.</summary>
    public static async Task<bool> IsListed(RecordTransaction transaction, string number, CancellationToken cancellation) => (await Read(transaction, ChainSql, number, cancellation)).Lists(number);

    /// <summary>Whether a number is followed by another one, now or in several steps.</summary>
    public static async Task<bool> Follows(RecordTransaction transaction, string number, string by, CancellationToken cancellation) => (await Read(transaction, ChainSql, number, cancellation)).Leads(to: by);

    /// <summary>Takes a number off the list.</summary>
    public static Task Remove(RecordTransaction transaction, string number, CancellationToken cancellation) => Run(transaction, RemoveSql, cancellation, number);

    /// <summary>The source patients that have any of these numbers, now or before.</summary>
    public static async Task<List<string>> Holders(RecordTransaction transaction, IReadOnlyCollection<string> numbers, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(HoldersSql, transaction.Connection) { Parameters = { new() { Value = numbers.Select(BlockingKeys.OfNumber).ToArray() } } };
        var patients = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) patients.Add(row.GetString(0));
        return patients;
    }

    private static async Task<WithdrawnNumbers> Read(RecordTransaction transaction, string sql, string? number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection);
        if (number is not null) command.Parameters.Add(new() { Value = number });
        var replaced = new Dictionary<string, string?>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) replaced[row.GetString(0)] = row.IsDBNull(1) ? null : row.GetString(1);
        return new(replaced);
    }
}

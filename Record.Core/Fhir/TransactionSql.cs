using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Statements of features over their own tables inside a record transaction; values are parameters in order.</summary>
internal static class TransactionSql
{
    /// <summary>Runs a statement.</summary>
    public static async Task Run(RecordTransaction transaction, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(transaction, sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The rows that a statement finds.</summary>
    public static async Task<List<T>> Read<T>(RecordTransaction transaction, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(transaction, sql, values);
        var found = new List<T>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(read(row));
        return found;
    }

    /// <summary>A statement with its values; one that has a type of its own is given as a parameter.</summary>
    public static NpgsqlCommand Command(RecordTransaction transaction, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }
}

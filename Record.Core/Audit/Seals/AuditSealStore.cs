using Npgsql;
using NpgsqlTypes;

namespace Record.Core.Audit.Seals;

/// <summary>Reads audit rows to seal and verify them, and writes the seals. All SQL of seals is in this file.</summary>
public sealed class AuditSealStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Rows of a block at most.</summary>
    internal const int Most = 10_000;

    private const long Transactions = 2_000; // of a window, unless none of them wrote a row

    // One sealer at a time, whichever process it is in; the next waits for the commit of the one before.
    private const string TryLock = "select pg_try_advisory_xact_lock(8106224)";

    private const string Horizon = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    private const string Columns = "block, window_start, window_end, after_id, closes_window, ids, digests, key, head";

    private const string LastSql = $"select {Columns} from record.audit_seal order by block desc limit 1";

    private const string AfterSql = $"select {Columns} from record.audit_seal where block > $1 order by block limit $2";

    // Nothing but the window leads to the rows: by id the planner would read the audit from its beginning.
    private const string RowsSql = """
        select id, xid, at, request, actor, role, organisation, purpose, client, network, action, interaction, resource_type, resource_id, query, outcome, patients
        from record.audit where xid >= $1 and xid < $2 and id + 0 > $3 and id + 0 <= $4 order by id + 0 limit $5
        """;

    private const string UnsealedSql = """
        select count(*), min(at) from record.audit where xid >= $1
        """;

    private const string Insert = $"""
        insert into record.audit_seal ({Columns}, sealed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    /// <summary>Seals what has been committed since the last block, at most ten thousand rows; no seal if there is nothing or another process is at it.</summary>
    /// <returns>The seal, and whether more is waiting already.</returns>
    /// <exception cref="InvalidOperationException">Transaction numbers have gone back: the database is not the one that was sealed.</exception>
    internal async Task<(AuditSeal? Seal, bool More)> Seal(Access access, SealKey? key, CancellationToken cancellation)
    {
        if (!access.IsSystem) return (null, false);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await One<bool>(connection, TryLock, cancellation)) return (null, false);
        var last = await Last(connection, cancellation);
        var horizon = await One<long>(connection, Horizon, cancellation); // every transaction before it has ended: the statement after it sees all their rows
        if (last is { ClosesWindow: true } && horizon < last.WindowEnd)
            throw new InvalidOperationException($"The next transaction is {horizon}, but block {last.Block} of the audit's seals ends at {last.WindowEnd}: this database was restored without its transaction counter.");
        var (open, rows) = await NextRows(connection, last, horizon, cancellation);
        if (rows.Count == 0) return (null, false);
        open = open with { ClosesWindow = rows.Count <= Most };
        var seal = AuditSeal.Of(open, open.ClosesWindow ? rows : rows[..Most], last?.Head ?? AuditSeal.Nothing, key);
        await Write(connection, seal, cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return (seal, !seal.ClosesWindow || seal.WindowEnd < horizon);
    }

    /// <summary>The last block.</summary>
    internal async Task<AuditSeal?> Last(Access access, CancellationToken cancellation)
    {
        if (!access.IsSystem) return null;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Last(connection, cancellation);
    }

    /// <summary>Blocks after one, in order.</summary>
    internal async Task<IReadOnlyList<AuditSeal>> After(Access access, long block, int count, CancellationToken cancellation)
    {
        if (!access.IsSystem) return [];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(AfterSql, connection) { Parameters = { new() { Value = block }, new() { Value = count } } };
        return await Seals(command, cancellation);
    }

    /// <summary>The rows that stand where blocks of seals say: from the window of the first to that of the last.</summary>
    internal async Task<IReadOnlyList<AuditRecord>> Rows(Access access, AuditSeal first, AuditSeal last, CancellationToken cancellation)
    {
        if (!access.IsSystem) return [];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Rows(connection, first with { WindowEnd = last.WindowEnd }, last.ClosesWindow ? long.MaxValue : last.Ids[^1], int.MaxValue, cancellation);
    }

    /// <summary>How many rows are not sealed yet, and since when the oldest waits.</summary>
    internal async Task<(long Rows, DateTimeOffset? Since)> Unsealed(Access access, AuditSeal? last, CancellationToken cancellation)
    {
        if (!access.IsSystem) return (0, null);
        await using var command = database.CreateCommand(UnsealedSql);
        command.Parameters.Add(new() { Value = last is null ? 0 : last.ClosesWindow ? last.WindowEnd : last.WindowStart });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1));
    }

    // A window is made longer until it has rows, so that after a long pause no statement reads them all.
    private static async Task<(AuditSeal Open, List<AuditRecord> Rows)> NextRows(NpgsqlConnection connection, AuditSeal? last, long horizon, CancellationToken cancellation)
    {
        var block = (last?.Block ?? 0) + 1;
        if (last is { ClosesWindow: false })
        {
            var rest = new AuditSeal(block, last.WindowStart, last.WindowEnd, last.Ids[^1], false, [], [], null, []);
            return (rest, await Rows(connection, rest, long.MaxValue, Most + 1, cancellation));
        }

        for (var span = Transactions; ; span *= 8)
        {
            var start = last?.WindowEnd ?? 0;
            var open = new AuditSeal(block, start, Math.Min(horizon, start + span), 0, false, [], [], null, []);
            var rows = open.WindowStart < open.WindowEnd ? await Rows(connection, open, long.MaxValue, Most + 1, cancellation) : [];
            if (rows.Count > 0 || open.WindowEnd >= horizon) return (open, rows);
        }
    }

    private async Task Write(NpgsqlConnection connection, AuditSeal seal, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = seal.Block }, new() { Value = seal.WindowStart }, new() { Value = seal.WindowEnd }, new() { Value = seal.AfterId }, new() { Value = seal.ClosesWindow },
                new() { Value = seal.Ids.ToArray() }, new() { Value = seal.Digests }, new() { Value = (object?)seal.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = seal.Head }, new() { Value = clock.GetUtcNow() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<AuditSeal?> Last(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LastSql, connection);
        return (await Seals(command, cancellation)).FirstOrDefault();
    }

    private static async Task<List<AuditSeal>> Seals(NpgsqlCommand command, CancellationToken cancellation)
    {
        var seals = new List<AuditSeal>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            seals.Add(new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4), row.GetFieldValue<long[]>(5), row.GetFieldValue<byte[]>(6),
                row.IsDBNull(7) ? null : row.GetString(7), row.GetFieldValue<byte[]>(8)));
        return seals;
    }

    private static async Task<List<AuditRecord>> Rows(NpgsqlConnection connection, AuditSeal window, long upTo, int count, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(RowsSql, connection)
        {
            Parameters = { new() { Value = window.WindowStart }, new() { Value = window.WindowEnd }, new() { Value = window.AfterId }, new() { Value = upTo }, new() { Value = (long)count } },
        };
        var rows = new List<AuditRecord>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync(cancellation))
            rows.Add(new(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
                row.GetString(8), Text(9), row.GetChar(10), row.GetString(11), Text(12), Text(13), Text(14), row.GetString(15), row.GetFieldValue<string[]>(16)));
        return rows;
    }

    private static async Task<T> One<T>(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }
}

using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using static Record.Core.Fhir.TransactionSql;

namespace Record.Core.Identity.Bulk;

/// <summary>A run that links everybody.</summary>
internal sealed record LinkRun(Guid Id, string Kind, DateTimeOffset StartedAt, string Horizon, string Stage, string? Place, int WeightsVersion)
{
    /// <summary>Whether records that are linked are linked again.</summary>
    public bool Again => Kind == "again";
}

/// <summary>Runs that link everybody: how far one has come. All SQL of runs is in this file.</summary>
internal static class LinkRunStore
{
    private const string IsOpenSql = "select exists (select from record.linkage_run where finished_at is null)";

    private const string FindSql = """
        select id, kind, started_at, horizon::text, stage, place, weights_version from record.linkage_run where finished_at is null
        """;

    // Waits until no consumer is at work; what commits after this is the consumer's.
    private const string CursorsSql = """
        select count(*) from (select from record.consumer_cursor where consumer = $1 for update) held
        """;

    private const string OpenSql = """
        insert into record.linkage_run (id, kind, started_at, started_by, horizon, weights_version)
        values ($1, $2, $3, $4, pg_snapshot_xmin(pg_current_snapshot()), $5)
        """;

    private const string AtSql = "update record.linkage_run set stage = $2, place = $3 where id = $1";

    private const string PastSql = """
        update record.consumer_cursor c set window_start = r.horizon, window_end = r.horizon, seq = 0, moved_at = clock_timestamp()
        from record.linkage_run r where r.id = $1 and c.consumer = $2
        """;

    private const string FinishSql = """
        update record.linkage_run set stage = 'done', place = null, finished_at = $2,
            records = (select count(*) from record.match_subject), persons = (select count(distinct person) from record.link where current),
            questions = (select count(*) from record.link_review where state = 'open')
        where id = $1 returning records, persons, questions
        """;

    private const string AloneSql = "select pg_try_advisory_lock(8113)";

    private const string NotAloneSql = "select pg_advisory_unlock(8113)";

    /// <summary>Whether everybody is being linked.</summary>
    public static async Task<bool> IsOpen(RecordTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(IsOpenSql, transaction.Connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The open run; null if there is none.</summary>
    public static async Task<LinkRun?> Find(RecordTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FindSql, transaction.Connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5), row.GetInt32(6))
            : null;
    }

    /// <summary>Opens a run. From its commit on nobody else links.</summary>
    public static async Task Open(RecordTransaction transaction, bool again, int weightsVersion, DateTimeOffset at, CancellationToken cancellation)
    {
        await MatchStore.Lock(transaction, cancellation);
        await Run(transaction, CursorsSql, cancellation, LinkPatients.Name);
        await Run(transaction, OpenSql, cancellation, Guid.CreateVersion7(), again ? "again" : "first", at, transaction.Access.User, weightsVersion);
    }

    /// <summary>Notes how far a run has come, in the transaction that brought it there.</summary>
    public static Task At(RecordTransaction transaction, LinkRun run, string stage, string? place, CancellationToken cancellation) =>
        Run(transaction, AtSql, cancellation, run.Id, stage, new NpgsqlParameter { Value = (object?)place ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>Ends a run: the consumer goes on after what the run has taken.</summary>
    public static async Task<LinkedAll> Finish(RecordTransaction transaction, LinkRun run, DateTimeOffset at, CancellationToken cancellation)
    {
        await Run(transaction, PastSql, cancellation, run.Id, LinkPatients.Name);
        await using var command = new NpgsqlCommand(FinishSql, transaction.Connection) { Parameters = { new() { Value = run.Id }, new() { Value = at } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    /// <summary>Holds the right to run until the connection is closed; null if another process has it. Holds back no reader: no transaction is open.</summary>
    internal static async Task<NpgsqlConnection?> Alone(Access access, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only the service links everybody.");
        var connection = await database.OpenConnectionAsync(cancellation);
        await using (var command = new NpgsqlCommand(AloneSql, connection))
            if ((bool)(await command.ExecuteScalarAsync(cancellation))!) return connection;
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Gives the right back.</summary>
    internal static async Task NotAlone(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(NotAloneSql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Brings tables that have grown from nothing into order, as PostgreSQL would do a little later.</summary>
    internal static async Task Settle(Access access, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only the service links everybody.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var sql in (string[])["set statement_timeout = 0", "vacuum (analyze) record.match_block, record.match_subject, record.link, record.person, record.link_review, record.person_change", "reset statement_timeout"])
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}

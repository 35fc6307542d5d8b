using Npgsql;
using Record.Core;

namespace Reporting.Figures;

/// <summary>What we said, and when: append-only. A figure is written when it is first stated and whenever it changes.</summary>
internal sealed class FigureStore(NpgsqlDataSource database)
{
    // The last statement of each figure and period up to a moment.
    private const string AsSaidAt = $"""
        select distinct on (figure, period_from, period_to) {FigureSql.Columns}
        from reporting.figure
        where recorded_at <= $1
        order by figure, period_from, period_to, recorded_at desc, id desc
        """;

    // One run states at a time, so that two at once do not both add the same change.
    private const string Lock = "select pg_advisory_xact_lock(8106224)";

    private const string AddRun = """
        insert into reporting.run (id, kind, made_at, made_by, origin, data_through, file_name) values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string LastPackAt = "select max(made_at) from reporting.run where kind = 'board-pack' and made_at < $1";

    /// <summary>What we said at a moment in the past.</summary>
    public async Task<IReadOnlyList<FigureStatement>> AsSaid(Access access, DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await AsSaid(connection, at, cancellation);
    }

    /// <summary>When the last board pack before a moment was made.</summary>
    public async Task<DateTimeOffset?> LastPack(Access access, DateTimeOffset before, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(LastPackAt);
        command.Parameters.AddWithValue(before.ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) && !rows.IsDBNull(0) ? rows.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <summary>Records those statements that are new or differ from the last ones. A run that changes nothing is noted only for a pack.</summary>
    /// <returns>How many statements were added.</returns>
    public async Task<int> State(
        Access access, FigureRun run, IReadOnlyList<FigureStatement> statements, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var hold = new NpgsqlCommand(Lock, connection)) await hold.ExecuteNonQueryAsync(cancellation);

        var said = (await AsSaid(connection, run.MadeAt, cancellation)).ToDictionary(s => s.Key);
        var changed = statements.Where(s => !said.TryGetValue(s.Key, out var before) || !before.Says(s)).ToList();
        if (changed.Count == 0 && run.Kind == FigureRun.ForFigures) return 0;
        await Add(connection, run, access, cancellation);
        await FigureSql.Append(connection, run.Id, changed, cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return changed.Count;
    }

    private static async Task<IReadOnlyList<FigureStatement>> AsSaid(
        NpgsqlConnection connection, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(AsSaidAt, connection);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var said = new List<FigureStatement>();
        while (await rows.ReadAsync(cancellation)) said.Add(FigureSql.Read(rows));
        return said;
    }

    private static async Task Add(NpgsqlConnection connection, FigureRun run, Access access, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(AddRun, connection);
        command.Parameters.AddWithValue(run.Id);
        command.Parameters.AddWithValue(run.Kind);
        command.Parameters.AddWithValue(run.MadeAt.ToUniversalTime());
        command.Parameters.AddWithValue(access.User);
        command.Parameters.AddWithValue(FigureSql.Text(run.Origin));
        command.Parameters.AddWithValue((object?)run.DataThrough?.ToUniversalTime() ?? DBNull.Value);
        command.Parameters.AddWithValue((object?)run.FileName ?? DBNull.Value);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

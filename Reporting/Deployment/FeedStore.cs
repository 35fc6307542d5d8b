using Npgsql;
using Record.Core;

namespace Reporting.Deployment;

/// <summary>Reads how the feeds run, and keeps which of them have ever sent simulated data.</summary>
internal sealed class FeedStore(NpgsqlDataSource database)
{
    private const string Measures = """
        select source, first_received_at, last_received_at, last_event_at, received, mapped, waiting, refused,
            backlog, oldest_backlog_at, received_24h, refused_24h
        from reporting.feed_measures($1)
        """;

    private const string NoteSimulated = """
        insert into reporting.simulated_contribution (source, seen_at)
        select s, $2 from unnest($1::text[]) as s
        on conflict do nothing
        """;

    private const string Contributed = "select reporting.simulated_contributed()";

    private const string SimulatedSources = "select source from reporting.simulated_contribution";

    public async Task<IReadOnlyList<FeedMeasure>> Measure(Access access, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(Measures);
        command.Parameters.AddWithValue(now);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var measures = new List<FeedMeasure>();
        while (await rows.ReadAsync(cancellation))
            measures.Add(new FeedMeasure(
                rows.GetString(0), Time(rows, 1)!.Value, Time(rows, 2)!.Value, Time(rows, 3),
                rows.GetInt64(4), rows.GetInt64(5), rows.GetInt64(6), rows.GetInt64(7),
                rows.GetInt64(8), Time(rows, 9), rows.GetInt64(10), rows.GetInt64(11)));
        return measures;
    }

    /// <summary>Notes for good that these sources have sent simulated data.</summary>
    public async Task KeepSimulated(Access access, IReadOnlyCollection<string> sources, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        if (sources.Count == 0) return;
        await using var command = database.CreateCommand(NoteSimulated);
        command.Parameters.AddWithValue(sources.ToArray());
        command.Parameters.AddWithValue(now);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether simulated data is anywhere in the record, or ever was in a figure.</summary>
    public async Task<bool> HasSimulated(Access access, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(Contributed);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The sources that ever sent simulated data while configured as simulated.</summary>
    public async Task<IReadOnlySet<string>> EverSimulated(Access access, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(SimulatedSources);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var sources = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) sources.Add(rows.GetString(0));
        return sources;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader rows, int column) =>
        rows.IsDBNull(column) ? null : rows.GetFieldValue<DateTimeOffset>(column);
}

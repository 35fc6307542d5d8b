using Npgsql;
using Record.Core;

namespace Reporting.Pathways;

/// <summary>Reads counts of pathway clocks. All SQL for them is in this file and in the function it calls.</summary>
internal sealed class ClockStore(NpgsqlDataSource database)
{
    private const string Counts = """
        select rule, rule_version, reading, coalesce(organisation, ''), coalesce(team, ''), started_on, outcome, reason, simulated, clocks
        from reporting.clock_counts($1, $2)
        """;

    /// <summary>Clocks started on these days (Europe/London).</summary>
    public async Task<IReadOnlyList<ClockCount>> Count(Access access, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(Counts);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(to);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var counts = new List<ClockCount>();
        while (await rows.ReadAsync(cancellation))
            counts.Add(new ClockCount(
                rows.GetString(0), rows.GetInt32(1), rows.GetString(2), rows.GetString(3), rows.GetString(4),
                rows.GetFieldValue<DateOnly>(5), rows.GetString(6), rows.IsDBNull(7) ? null : rows.GetString(7),
                rows.GetBoolean(8), rows.GetInt64(9)));
        return counts;
    }
}

using Npgsql;
using Record.Core;
using Record.Core.Organisations;
using Reporting.Figures;

namespace Reporting.Residents;

/// <summary>Counts linked people by the settings they had care in. The database answers with counts, never with people.</summary>
internal sealed class ResidentStore(NpgsqlDataSource database)
{
    private const string BySettings = "select settings, people from reporting.people_by_settings($1, $2, $3, $4)";

    public async Task<IReadOnlyList<SettingCombination>> Count(
        Access access, Period period, IReadOnlyList<SourceSystem> sources, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(access);
        await using var command = database.CreateCommand(BySettings);
        command.Parameters.AddWithValue(Days.StartOf(period.From));
        command.Parameters.AddWithValue(Days.StartOf(period.To.AddDays(1)));
        command.Parameters.AddWithValue(sources.Select(s => s.Code).ToArray());
        command.Parameters.AddWithValue(sources.Select(s => s.Setting).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<SettingCombination>();
        while (await rows.ReadAsync(cancellation))
            found.Add(new SettingCombination(rows.GetFieldValue<string[]>(0), rows.GetInt64(1)));
        return found;
    }
}

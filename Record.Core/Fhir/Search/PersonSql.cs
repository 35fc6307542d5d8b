using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Source patients of the same persons: <c>_person=true</c>.</summary>
internal static class PersonSql
{
    private const string All = """
        select distinct other.patient from record.link own join record.link other on other.person = own.person and other.current
        where own.patient = any($1) and own.current
        """;

    /// <summary>These patients and all that are the same persons; null if none was given.</summary>
    public static async Task<IReadOnlyList<string>?> Expand(NpgsqlConnection connection, IEnumerable<string> patients, CancellationToken cancellation)
    {
        var asked = patients.Distinct().ToArray();
        if (asked.Length == 0) return null;
        await using var command = new NpgsqlCommand(All, connection) { Parameters = { new() { Value = asked } } };
        var found = asked.ToHashSet();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(row.GetString(0));
        return [.. found.Order(StringComparer.Ordinal)];
    }
}

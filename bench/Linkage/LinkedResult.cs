using Npgsql;
using Record.Core.Identity.Evaluation;

namespace Bench.Linkage;

/// <summary>Measures the links and questions that stand in the database against the truth.</summary>
internal static class LinkedResult
{
    public static LinkageResult Of(string owner, IReadOnlyList<(string Id, int Person, IReadOnlyList<string> Groups)> truth)
    {
        using var connection = new NpgsqlConnection(owner + ";Command Timeout=0;Options=-c statement_timeout=0");
        connection.Open();
        var places = new Dictionary<string, int>(truth.Count);
        for (var i = 0; i < truth.Count; i++) places.Add(truth[i].Id, i);
        var (personOf, persons) = (new int[truth.Count], new Dictionary<Guid, int>());
        Read(connection, "select patient, person from record.link where current", row =>
        {
            if (places.TryGetValue(row.GetString(0), out var place)) personOf[place] = persons.TryGetValue(row.GetGuid(1), out var number) ? number : persons[row.GetGuid(1)] = persons.Count;
        });
        var asked = new Dictionary<(int, int), AskedPair>();
        Read(connection, "select first, second, weight from record.link_review where state = 'open' order by weight", row =>
        {
            var (a, b) = (places[row.GetString(0)], places[row.GetString(1)]);
            if (personOf[a] != personOf[b]) asked[(Math.Min(personOf[a], personOf[b]), Math.Max(personOf[a], personOf[b]))] = new(a, b, row.GetDouble(2));
        });
        return LinkageResult.Of([.. truth.Select(record => record.Person)], [.. truth.Select(record => record.Groups)], personOf, [.. asked.Values]);
    }

    private static void Read(NpgsqlConnection connection, string sql, Action<NpgsqlDataReader> read)
    {
        using var command = new NpgsqlCommand(sql, connection);
        using var row = command.ExecuteReader();
        while (row.Read()) read(row);
    }
}

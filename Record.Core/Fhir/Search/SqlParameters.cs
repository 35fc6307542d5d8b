using Npgsql;

namespace Record.Core.Fhir;

/// <summary>The values of a statement: they never stand in its text, so that the text depends on the shape of the question alone.</summary>
internal sealed class SqlParameters
{
    private readonly List<SqlValue> all = [];
    private readonly Dictionary<string, string> known = [];

    /// <summary>The values in order.</summary>
    public IReadOnlyList<SqlValue> All => all;

    /// <summary>Adds a value; gives the name by which the text has it.</summary>
    public string Add<T>(T value)
    {
        all.Add(new SqlValue<T>(value));
        return $"${all.Count}";
    }

    /// <summary>Adds a value that the statement may need several times, once.</summary>
    public string Once<T>(string key, T value) => known.TryGetValue(key, out var name) ? name : known[key] = Add(value);

    /// <summary>A command of this text with these values; it gives up after half a minute.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, string text)
    {
        var command = new NpgsqlCommand(text, connection) { CommandTimeout = 30 };
        foreach (var value in all) command.Parameters.Add(value.Parameter());
        return command;
    }

    /// <summary>The same as one of a batch.</summary>
    public NpgsqlBatchCommand BatchCommand(string text)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in all) command.Parameters.Add(value.Parameter());
        return command;
    }
}

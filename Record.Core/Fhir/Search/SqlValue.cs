using System.Globalization;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>A value of a statement.</summary>
internal abstract class SqlValue
{
    /// <summary>PostgreSQL's type of such values in a column; null if the value is an array, which has no column of its own.</summary>
    public abstract string? ColumnType { get; }

    /// <summary>What an array holds, as text, so that two can be compared; empty for others.</summary>
    public abstract string Key { get; }

    /// <summary>The value as a parameter.</summary>
    public abstract NpgsqlParameter Parameter();

    /// <summary>The same value of several statements as one array.</summary>
    public abstract NpgsqlParameter Column(IEnumerable<SqlValue> values);
}

/// <summary>A value of a type that Npgsql knows.</summary>
internal sealed class SqlValue<T>(T value) : SqlValue
{
    private static readonly string? Type = typeof(T) == typeof(string) ? "text" : typeof(T) == typeof(int) ? "int" : typeof(T) == typeof(short) ? "smallint"
        : typeof(T) == typeof(long) ? "bigint" : typeof(T) == typeof(decimal) ? "numeric" : typeof(T) == typeof(double) ? "float8" : typeof(T) == typeof(bool) ? "boolean"
        : typeof(T) == typeof(DateTimeOffset) ? "timestamptz" : typeof(T).IsArray ? null : throw new NotSupportedException($"{typeof(T).Name} is no value of a statement.");

    public override string? ColumnType => Type;

    public override string Key => value is Array array ? string.Join('\u0001', array.Cast<object>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture))) : "";

    public override NpgsqlParameter Parameter() => new NpgsqlParameter<T> { TypedValue = value };

    public override NpgsqlParameter Column(IEnumerable<SqlValue> values) => new NpgsqlParameter<T[]> { TypedValue = [.. values.Select(of => ((SqlValue<T>)of).Value)] };

    private T Value => value;
}

using Npgsql;
using NpgsqlTypes;

namespace Reporting.Figures;

/// <summary>A statement as a row of <c>reporting.figure</c> and back; a part of <see cref="FigureStore"/>.</summary>
internal static class FigureSql
{
    public const string Columns = """
        figure, title, level, subject, subject_name, unit, period_from, period_to, window_from, window_to, value, numerator, denominator,
        suppressed, origin, status, source, rule, rule_version, reading, target, data_through, suppression, recorded_at
        """;

    private const string Copy = $"copy reporting.figure (run, {Columns}) from stdin (format binary)";

    public static string Text<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static FigureStatement Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        new Period(row.GetFieldValue<DateOnly>(6), row.GetFieldValue<DateOnly>(7)),
        new Period(row.GetFieldValue<DateOnly>(8), row.GetFieldValue<DateOnly>(9)),
        Optional<decimal>(row, 10), Optional<long>(row, 11), Optional<long>(row, 12), row.GetBoolean(13),
        Enum.Parse<Origin>(row.GetString(14), true), Enum.Parse<PublicationStatus>(row.GetString(15), true), row.GetString(16),
        Words(row, 17), Optional<int>(row, 18), Words(row, 19), Optional<decimal>(row, 20), Optional<DateTimeOffset>(row, 21),
        row.GetString(22), row.GetFieldValue<DateTimeOffset>(23));

    public static async Task Append(
        NpgsqlConnection connection, Guid run, IReadOnlyList<FigureStatement> statements, CancellationToken cancellation)
    {
        await using var rows = await connection.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var s in statements)
        {
            await rows.StartRowAsync(cancellation);
            await rows.WriteAsync(run, NpgsqlDbType.Uuid, cancellation);
            foreach (var text in new[] { s.Figure, s.Title, s.Level, s.SubjectId, s.SubjectName, s.Unit }) await Write(rows, text, NpgsqlDbType.Text, cancellation);
            foreach (var day in new[] { s.Period.From, s.Period.To, s.Window.From, s.Window.To }) await rows.WriteAsync(day, NpgsqlDbType.Date, cancellation);
            await Write(rows, s.Value, NpgsqlDbType.Numeric, cancellation);
            await Write(rows, s.Numerator, NpgsqlDbType.Bigint, cancellation);
            await Write(rows, s.Denominator, NpgsqlDbType.Bigint, cancellation);
            await rows.WriteAsync(s.Suppressed, NpgsqlDbType.Boolean, cancellation);
            foreach (var text in new[] { Text(s.Origin), Text(s.Status), s.Source, s.Rule }) await Write(rows, text, NpgsqlDbType.Text, cancellation);
            await Write(rows, s.RuleVersion, NpgsqlDbType.Integer, cancellation);
            await Write(rows, s.Reading, NpgsqlDbType.Text, cancellation);
            await Write(rows, s.Target, NpgsqlDbType.Numeric, cancellation);
            await Write(rows, s.DataThrough?.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellation);
            await Write(rows, s.Suppression, NpgsqlDbType.Text, cancellation);
            await rows.WriteAsync(s.RecordedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellation);
        }

        await rows.CompleteAsync(cancellation);
    }

    private static Task Write<T>(NpgsqlBinaryImporter rows, T? value, NpgsqlDbType type, CancellationToken cancellation) =>
        value is null ? rows.WriteNullAsync(cancellation) : rows.WriteAsync(value, type, cancellation);

    private static T? Optional<T>(NpgsqlDataReader row, int column) where T : struct =>
        row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    private static string? Words(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

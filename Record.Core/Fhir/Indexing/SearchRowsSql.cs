using Npgsql;
using NpgsqlTypes;

namespace Record.Core.Fhir;

/// <summary>The SQL that writes search rows: as a statement of a batch, or, when they are many, by COPY, which costs the database half as much a row.</summary>
internal sealed class SearchRowsSql(IReadOnlyList<(long Number, string? Patient, IReadOnlyCollection<SearchValue> Values)> resources, SearchNumberSql numbers)
{
    private const int Many = 500; // below, the extra round trip costs more than it saves

    private const string Insert = """
        insert into record.search_value (rid, patient, low, high, system, parameter, value, number)
        select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::smallint[], $7::text[], $8::numeric[])
        """;

    private const string CopyIn = "copy record.search_value (rid, patient, low, high, system, parameter, value, number) from stdin (format binary)";

    private readonly int size = resources.Sum(r => r.Values.Count);

    private readonly record struct Row(long Number, long? Patient, short Parameter, SearchValue Value);

    /// <summary>Whether a COPY is worth its round trip.</summary>
    public bool AreMany => size >= Many;

    /// <summary>Adds the statement that writes them, if there are any.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (size == 0) return;
        var (rids, patients, lows, highs) = (new long[size], new long?[size], new DateTimeOffset?[size], new DateTimeOffset?[size]);
        var (systems, parameters, values, figures) = (new int?[size], new short[size], new string?[size], new decimal?[size]);
        var at = 0;
        foreach (var row in Rows())
        {
            (rids[at], patients[at], lows[at], highs[at]) = (row.Number, row.Patient, row.Value.Low, row.Value.High);
            systems[at] = row.Value.System is { } system ? numbers.System(system) : null;
            (parameters[at], values[at], figures[at]) = (row.Parameter, row.Value.Value, row.Value.Number);
            at++;
        }

        var command = new NpgsqlBatchCommand(Insert);
        foreach (var column in (object[])[rids, patients, lows, highs, systems, parameters, values, figures]) command.Parameters.Add(new NpgsqlParameter { Value = column });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Writes them inside the connection's transaction.</summary>
    public async Task Copy(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyIn, cancellation);
        foreach (var row in Rows())
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(row.Number, NpgsqlDbType.Bigint, cancellation);
            await Write(copy, row.Patient, NpgsqlDbType.Bigint, cancellation);
            await Write(copy, row.Value.Low, NpgsqlDbType.TimestampTz, cancellation);
            await Write(copy, row.Value.High, NpgsqlDbType.TimestampTz, cancellation);
            await Write<int>(copy, row.Value.System is { } system ? numbers.System(system) : null, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(row.Parameter, NpgsqlDbType.Smallint, cancellation);
            await (row.Value.Value is { } value ? copy.WriteAsync(value, NpgsqlDbType.Text, cancellation) : copy.WriteNullAsync(cancellation));
            await Write(copy, row.Value.Number, NpgsqlDbType.Numeric, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    private static Task Write<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellation) where T : struct =>
        value is { } given ? copy.WriteAsync(given, type, cancellation) : copy.WriteNullAsync(cancellation);

    private IEnumerable<Row> Rows()
    {
        foreach (var (number, patient, found) in resources)
        {
            var key = patient is null ? (long?)null : PatientKey.Of(patient);
            foreach (var value in found)
                yield return new(number, value.Parameter.ByPatient(value.Form) ? key : null, numbers.Parameter(value.Parameter, value.Form), value);
        }
    }
}

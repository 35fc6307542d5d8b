using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Evaluation;

namespace Bench.Linkage;

/// <summary>Puts invented source patients into the record as a first load leaves them: bodies and change log, nobody linked.</summary>
internal static class InventedLoad
{
    private const string Resources = """
        copy record.resource (type, id, version, updated, patient, deleted, body, rid, patient_key) from stdin (format binary)
        """;

    private const string Changes = """
        insert into record.change (partition, type, id, version, patient, cause, at)
        select 1 + (hashtext(id) & 7), type, id, version, id, 'feed:invented', updated from record.resource where type = 'Patient'
        """;

    /// <summary>Loads.</summary>
    /// <returns>For each record its id, its person and its groups.</returns>
    public static List<(string Id, int Person, IReadOnlyList<string> Groups)> Load(string owner, InventedRecords records, int people)
    {
        using var connection = new NpgsqlConnection(owner + ";Command Timeout=0;Options=-c statement_timeout=0");
        connection.Open();
        var truth = new List<(string, int, IReadOnlyList<string>)>();
        using (var copy = connection.BeginBinaryImport(Resources))
        {
            var (now, number) = (TimeProvider.System.GetUtcNow(), 1L << 40); // above what services take
            foreach (var record in records.Of(people))
            {
                truth.Add((record.Id, record.Person, [.. record.Groups.Select(string.Intern)]));
                record.Patient["id"] = record.Id;
                copy.StartRow();
                copy.Write("Patient", NpgsqlDbType.Text);
                copy.Write(record.Id, NpgsqlDbType.Text);
                copy.Write(1, NpgsqlDbType.Integer);
                copy.Write(now, NpgsqlDbType.TimestampTz);
                copy.Write(record.Id, NpgsqlDbType.Text);
                copy.Write(false, NpgsqlDbType.Boolean);
                copy.Write(JsonSerializer.SerializeToUtf8Bytes(record.Patient), NpgsqlDbType.Bytea);
                copy.Write(number++, NpgsqlDbType.Bigint);
                copy.Write(PatientKey.Of(record.Id), NpgsqlDbType.Bigint);
            }

            copy.Complete();
        }

        foreach (var sql in (string[])[Changes, "vacuum (analyze) record.resource, record.change"])
        {
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
        }

        return truth;
    }
}

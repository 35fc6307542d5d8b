using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Estimated weights, version by version; the highest is in use. All SQL of weights is in this file.</summary>
internal static class WeightStore
{
    private const int MostValues = 5000; // of a field: what is rarer than these is rare

    private const string LatestSql = "select coalesce(max(version), 0) from record.match_weights";

    private const string ReadSql = "select weights from record.match_weights where version = $1";

    private const string SaveSql = "insert into record.match_weights (version, estimated_at, estimated_by, records, weights) values ($1, $2, $3, $4, $5)";

    private const string SampleSql = "select features from record.match_subject where not held order by number limit $1";

    public static async Task<int> Latest(RecordTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LatestSql, transaction.Connection);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task<MatchWeights> Read(RecordTransaction transaction, int version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ReadSql, transaction.Connection) { Parameters = { new() { Value = version } } };
        return Of(JsonNode.Parse((string)(await command.ExecuteScalarAsync(cancellation))!)!.AsObject(), version);
    }

    public static async Task Save(RecordTransaction transaction, MatchWeights weights, long records, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(SaveSql, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = weights.Version }, new() { Value = at }, new() { Value = transaction.Access.User }, new() { Value = records },
                new() { Value = Json(weights).ToJsonString(), NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Records to estimate from.</summary>
    public static async Task<List<MatchSubject>> Sample(RecordTransaction transaction, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(SampleSql, transaction.Connection) { Parameters = { new() { Value = most } } };
        var subjects = new List<MatchSubject>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) subjects.Add(MatchStore.Read(row.GetString(0)));
        return subjects;
    }

    internal static JsonObject Json(MatchWeights weights)
    {
        var levels = new JsonArray();
        foreach (var field in Enum.GetValues<MatchField>())
            foreach (var level in Enum.GetValues<MatchLevel>().Where(level => weights.M(field, level) > 0))
                levels.Add(new JsonObject { ["field"] = field.ToString(), ["level"] = level.ToString(), ["m"] = weights.M(field, level), ["u"] = weights.U(field, level) });
        var values = new JsonArray();
        foreach (var (field, people, others) in weights.Frequencies.All)
            values.Add(new JsonObject
            {
                ["field"] = field.ToString(), ["people"] = people,
                ["others"] = JsonSerializer.SerializeToNode(others.OrderByDescending(value => value.Value).Take(MostValues).ToDictionary(value => value.Key, value => value.Value)),
            });
        return new() { ["prior"] = weights.Prior, ["levels"] = levels, ["values"] = values };
    }

    internal static MatchWeights Of(JsonObject json, int version)
    {
        var frequencies = new Frequencies();
        foreach (var value in json["values"]!.AsArray())
            frequencies.Set(Enum.Parse<MatchField>(value!["field"]!.GetValue<string>()), value["people"]!.GetValue<double>(), value["others"].Deserialize<Dictionary<string, double>>()!);
        var weights = new MatchWeights { Version = version, Prior = json["prior"]!.GetValue<double>(), Frequencies = frequencies };
        foreach (var level in json["levels"]!.AsArray())
            weights.Set(Enum.Parse<MatchField>(level!["field"]!.GetValue<string>()), Enum.Parse<MatchLevel>(level["level"]!.GetValue<string>()), level["m"]!.GetValue<double>(), level["u"]!.GetValue<double>());
        return weights;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Weights that were estimated.</summary>
/// <param name="Version">Their version.</param>
/// <param name="EstimatedAt">When.</param>
/// <param name="EstimatedBy">By whom.</param>
/// <param name="Records">From how many records.</param>
/// <param name="InUse">Whether matching goes by them.</param>
public sealed record WeightsVersion(int Version, DateTimeOffset EstimatedAt, string EstimatedBy, long Records, bool InUse);

/// <summary>Estimated weights, version by version, and which are in use. All SQL of weights is in this file.</summary>
internal static class WeightStore
{
    private const int MostValues = 5000; // of a field: what is rarer than these is rare

    private const string LatestSql = "select coalesce((select version from record.match_weights_use order by number desc limit 1), 0)";

    private const string HighestSql = "select coalesce(max(version), 0) from record.match_weights";

    private const string ExistsSql = "select $1 = 0 or exists (select from record.match_weights where version = $1)";

    private const string UseSql = """
        insert into record.match_weights_use (version, since, decided_by, decision) values ($1, $2, $3, $4)
        """;

    private const string BeforeSql = """
        select coalesce((select version from record.match_weights_use where number < (select number from record.match_weights_use where decision = $1) order by number desc limit 1), 0)
        """;

    private const string VersionsSql = """
        select w.version, w.estimated_at, w.estimated_by, w.records, w.version = (select coalesce((select version from record.match_weights_use order by number desc limit 1), 0))
        from record.match_weights w order by w.version desc limit 50
        """;

    private const string ReadSql = "select weights from record.match_weights where version = $1";

    private const string SaveSql = "insert into record.match_weights (version, estimated_at, estimated_by, records, weights) values ($1, $2, $3, $4, $5)";

    // By a hash: the records of one system, which came together, are not a sample of all.
    private const string SampleSql = "select features from record.match_subject where not held order by hashtext(patient) limit $1";

    /// <summary>The version in use; 0: what the product comes with.</summary>
    public static Task<int> Latest(RecordTransaction transaction, CancellationToken cancellation) => Scalar<int>(transaction, LatestSql, cancellation);

    /// <summary>The highest version that has been estimated.</summary>
    public static Task<int> Highest(RecordTransaction transaction, CancellationToken cancellation) => Scalar<int>(transaction, HighestSql, cancellation);

    /// <summary>Whether there is such a version.</summary>
    public static Task<bool> Exists(RecordTransaction transaction, int version, CancellationToken cancellation) => Scalar<bool>(transaction, ExistsSql, cancellation, version);

    /// <summary>Puts a version into use.</summary>
    public static Task Use(RecordTransaction transaction, int version, Guid? decision, DateTimeOffset at, CancellationToken cancellation) => Scalar<object>(transaction, UseSql, cancellation,
        version, at, transaction.Access.User, new NpgsqlParameter { Value = (object?)decision ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });

    /// <summary>The version in use before a decision.</summary>
    public static Task<int> Before(RecordTransaction transaction, Guid decision, CancellationToken cancellation) => Scalar<int>(transaction, BeforeSql, cancellation, decision);

    /// <summary>The versions that there are, the newest first.</summary>
    public static async Task<List<WeightsVersion>> Versions(RecordTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(VersionsSql, transaction.Connection);
        var versions = new List<WeightsVersion>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) versions.Add(new(row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt64(3), row.GetBoolean(4)));
        return versions;
    }

    private static async Task<T> Scalar<T>(RecordTransaction transaction, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
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

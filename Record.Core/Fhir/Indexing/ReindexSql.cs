using Npgsql;

namespace Record.Core.Fhir;

/// <summary>
/// Works the search values of every resource out again when the way of doing so has changed. Run by the migrations service as owner,
/// before anything else starts; each chunk commits, and a run that was cut short begins again.
/// </summary>
internal static class ReindexSql
{
    /// <summary>Raise it whenever the values of a resource would come out differently.</summary>
    public const int Version = 5;

    private const int Chunk = 500;

    private const string Known = "select version from record.search_index";

    private const string Clear = "truncate record.search_value; delete from record.relationship where rid is not null";

    private const string Next = """
        select rid, type, id, body, version, updated, patient from record.resource where rid > $1 and not deleted order by rid limit $2
        """;

    private const string SetPatient = "update record.resource set patient = $2, patient_key = $3 where rid = $1";

    private const string Protect = """
        update record.resource r set guard = w.guard, source = w.source from unnest($1::bigint[], $2::bigint[], $3::int[]) as w (rid, guard, source) where r.rid = w.rid
        """;

    private const string Mark = "with old as (delete from record.search_index) insert into record.search_index (version) values ($1)";

    /// <summary>Brings the values up to date.</summary>
    /// <returns>How many resources were worked out again.</returns>
    public static async Task<int> Run(string ownerConnection, AccessRules rules, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(ownerConnection);
        await using (var known = database.CreateCommand(Known))
            if (await known.ExecuteScalarAsync(cancellation) is int version && version == Version) return 0;
        var numbers = new SearchNumberSql(database);
        await numbers.Load(cancellation);
        await using (var clear = database.CreateCommand(Clear)) await clear.ExecuteNonQueryAsync(cancellation);
        var (after, count) = (0L, 0);
        while (await ReadChunk(database, after, cancellation) is { Count: > 0 } chunk)
        {
            await Write(database, numbers, rules, chunk, cancellation);
            (after, count) = (chunk[^1].Number, count + chunk.Count);
        }

        await using var mark = database.CreateCommand(Mark);
        mark.Parameters.Add(new() { Value = Version });
        await mark.ExecuteNonQueryAsync(cancellation);
        return count;
    }

    private static async Task<List<ResourceWriteSql.Current>> ReadChunk(NpgsqlDataSource database, long after, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Next);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Chunk });
        var chunk = new List<ResourceWriteSql.Current>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            chunk.Add(new(new(row.GetString(1), row.GetString(2), row.GetInt32(4), row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<byte[]>(3), false,
                row.IsDBNull(6) ? null : row.GetString(6)), row.GetInt64(0)));
        return chunk;
    }

    private static async Task Write(NpgsqlDataSource database, SearchNumberSql numbers, AccessRules rules, List<ResourceWriteSql.Current> chunk, CancellationToken cancellation)
    {
        var found = chunk.Select(old => (Old: old, ResourceWrite.Update(old.Resource.Type, old.Resource.Id, old.Resource.Body).Values)).ToList();
        foreach (var (_, values) in found) await numbers.Ensure(values.Values, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var batch = new NpgsqlBatch(connection))
        {
            new SearchRowsSql([.. found.Select(f => (f.Old.Number, f.Values.Patient, (IReadOnlyCollection<SearchValue>)f.Values.Values))], numbers).AddTo(batch);
            RelationshipSql.Write(batch, [.. found.Where(f => f.Values.Patient is not null).Select(f => ((long?)f.Old.Number, Relationships.Of(rules, f.Old.Resource.Type, f.Values.Patient!, f.Values, f.Old.Resource.LastUpdated)))]);
            batch.BatchCommands.Add(new(Protect)
            {
                Parameters =
                {
                    new() { Value = found.Select(f => f.Old.Number).ToArray() }, new() { Value = found.Select(f => rules.GuardOf(f.Old.Resource.Type, f.Values.Values)).ToArray() },
                    new() { Value = found.Select(f => AccessRules.SourceOf(f.Values.Values)).ToArray() },
                },
            });
            foreach (var (old, values) in found.Where(f => f.Old.Resource.Patient != f.Values.Patient))
                batch.BatchCommands.Add(new(SetPatient)
                {
                    Parameters =
                    {
                        new() { Value = old.Number }, new() { Value = (object?)values.Patient ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                        new() { Value = values.Patient is { } patient ? PatientKey.Of(patient) : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint },
                    },
                });
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }
}

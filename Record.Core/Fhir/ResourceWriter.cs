using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Record.Core.Fhir;

/// <summary>The SQL of writing resources: sets, so that a hundred writes cost few round trips.</summary>
internal static class ResourceWriter
{
    private const string FindOne = """
        select version, updated, deleted, body, patient from record.resource where type = $1 and id = $2
        """;

    private const string Lock = """
        select r.type, r.id, r.version, r.updated, r.deleted, r.body
        from record.resource r
        join unnest($1::text[], $2::text[]) as wanted (type, id) on r.type = wanted.type and r.id = wanted.id
        order by r.type, r.id
        for update of r
        """;

    private const string Archive = """
        insert into record.resource_history (type, id, version, updated, patient, deleted, body)
        select r.type, r.id, r.version, r.updated, r.patient, r.deleted, r.body
        from record.resource r
        join unnest($1::text[], $2::text[]) as wanted (type, id) on r.type = wanted.type and r.id = wanted.id
        """;

    private const string Upsert = """
        insert into record.resource as r (type, id, version, updated, patient, deleted, body)
        select type, id, version, $3, patient, body is null, body
        from unnest($1::text[], $2::text[], $4::int[], $5::text[], $6::bytea[]) as w (type, id, version, patient, body)
        order by type, id
        on conflict (type, id) do update
            set version = excluded.version, updated = excluded.updated, patient = excluded.patient,
                deleted = excluded.deleted, body = excluded.body
            where r.version = excluded.version - 1
        """;

    private const string Forget = """
        delete from record.search_value s
        using unnest($1::text[], $2::text[]) as old (type, id)
        where s.type = old.type and s.id = old.id
        """;

    private const string Index = """
        insert into record.search_value (patient, type, parameter, value, system, low, high, number, id)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
            $6::timestamptz[], $7::timestamptz[], $8::numeric[], $9::text[])
        """;

    private const string Log = """
        insert into record.change (partition, type, id, version, patient, cause, at)
        select case when patient is null then 0 else 1 + (hashtext(patient) & 7) end, type, id, version, patient, $5, $6
        from unnest($1::text[], $2::text[], $3::int[], $4::text[]) with ordinality as w (type, id, version, patient, place)
        order by place
        """;

    private const string AuditWrite = """
        insert into record.audit (at, request, actor, role, organisation, purpose, client, action, interaction,
            resource_type, resource_id, outcome, patients)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'success', $12)
        """;

    private sealed record Ready(PendingWrite Write, int Version, byte[]? Body, string? Patient, IReadOnlyCollection<SearchValue> Values, bool Existed);

    /// <summary>The current version, deleted ones too.</summary>
    public static async Task<StoredResource?> Find(NpgsqlConnection connection, string type, string id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FindOne, connection) { Parameters = { new() { Value = type }, new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var deleted = row.GetBoolean(2);
        return new(type, id, row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(3),
            deleted, row.IsDBNull(4) ? null : row.GetString(4));
    }

    /// <summary>Writes each resource once. The caller's transaction makes it whole.</summary>
    public static async Task<Result<IReadOnlyList<Written>>> Write(
        NpgsqlConnection connection, IReadOnlyList<PendingWrite> writes, string cause, DateTimeOffset now, CancellationToken cancellation)
    {
        var current = await LockCurrent(connection, writes, cancellation);
        var updated = TimeOf(now, current.Values);
        var results = new Written[writes.Count];
        var ready = new List<Ready>(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            current.TryGetValue((write.Type, write.Id), out var old);
            if (write.IfMatch is { } expected && expected != (old is null || old.Deleted ? 0 : old.Version)) return expected == 0 ? FhirErrors.AlreadyThere : FhirErrors.VersionConflict;
            if (old is null && write.Json is null) return FhirErrors.NotFound;
            if (old is not null && Same(old, write))
            {
                results[i] = new(old, false, false);
                continue;
            }

            var next = Prepare(write, (old?.Version ?? 0) + 1, updated, old is not null);
            ready.Add(next);
            results[i] = new(new(write.Type, write.Id, next.Version, updated, next.Body, next.Body is null, next.Patient), old is null || old.Deleted, true);
        }

        if (ready.Count > 0 && await Store(connection, ready, updated, cause, cancellation) != ready.Count) return FhirErrors.WrittenMeanwhile;
        return Result<IReadOnlyList<Written>>.Of(results);
    }

    /// <summary>One audit row for all that a transaction wrote.</summary>
    public static async Task Audit(NpgsqlConnection connection, Access access, DateTimeOffset at, IReadOnlyList<Written> written, CancellationToken cancellation)
    {
        var changed = written.Where(w => w.Changed).ToList();
        var one = changed.Count == 1 ? changed[0] : null;
        var action = one is null ? 'E' : one.Resource.Deleted ? 'D' : one.Created ? 'C' : 'U';
        await using var command = new NpgsqlCommand(AuditWrite, connection)
        {
            Parameters =
            {
                new() { Value = at }, new() { Value = access.Request }, new() { Value = access.User }, new() { Value = access.Role },
                new() { Value = access.Organisation }, new() { Value = access.Purpose }, new() { Value = access.Client },
                new() { Value = action, NpgsqlDbType = NpgsqlDbType.InternalChar },
                new() { Value = action switch { 'C' => "create", 'U' => "update", 'D' => "delete", _ => "transaction" } },
                new() { Value = (object?)one?.Resource.Type ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = (object?)one?.Resource.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = changed.Select(w => w.Resource.Patient).OfType<string>().Distinct().ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<(string, string), StoredResource>> LockCurrent(
        NpgsqlConnection connection, IReadOnlyList<PendingWrite> writes, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection)
        {
            Parameters = { new() { Value = writes.Select(w => w.Type).ToArray() }, new() { Value = writes.Select(w => w.Id).ToArray() } },
        };
        var current = new Dictionary<(string, string), StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var deleted = row.GetBoolean(4);
            current[(row.GetString(0), row.GetString(1))] = new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(5), deleted, null);
        }

        return current;
    }

    // lastUpdated rises with every version, also when the clock does not, and is kept to the millisecond that meta shows.
    private static DateTimeOffset TimeOf(DateTimeOffset now, IEnumerable<StoredResource> current)
    {
        var time = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        foreach (var old in current)
            if (time <= old.LastUpdated) time = old.LastUpdated.AddMilliseconds(1);
        return time;
    }

    private static bool Same(StoredResource old, PendingWrite write)
    {
        if (write.Json is not { } json) return old.Deleted;
        return !old.Deleted && ResourceBytes.Splice(json.Span, old.Id, old.Version, old.LastUpdated).AsSpan().SequenceEqual(old.Body.Span);
    }

    private static Ready Prepare(PendingWrite write, int version, DateTimeOffset updated, bool existed)
    {
        if (write.Json is not { } json) return new(write, version, null, null, [], existed);
        var body = ResourceBytes.Splice(json.Span, write.Id, version, updated);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 });
        var values = SearchValues.Of(write.Type, document.RootElement);
        return new(write, version, body, Compartment.PatientOf(write.Type, write.Id, values), values, existed);
    }

    private static async Task<int> Store(NpgsqlConnection connection, List<Ready> ready, DateTimeOffset updated, string cause, CancellationToken cancellation)
    {
        var types = ready.Select(r => r.Write.Type).ToArray();
        var ids = ready.Select(r => r.Write.Id).ToArray();
        var patients = ready.Select(r => r.Patient).ToArray();
        var versions = ready.Select(r => r.Version).ToArray();
        var rows = ready.SelectMany(r => r.Values.Select(v => (Row: r, Value: v))).ToList();
        var existed = ready.Where(r => r.Existed).ToList();
        await using var batch = new NpgsqlBatch(connection);
        if (existed.Count > 0)
        {
            var oldTypes = existed.Select(r => r.Write.Type).ToArray();
            var oldIds = existed.Select(r => r.Write.Id).ToArray();
            Add(batch, Archive, oldTypes, oldIds);
            Add(batch, Forget, oldTypes, oldIds);
        }

        var upsert = Add(batch, Upsert, types, ids, updated, versions, patients, ready.Select(r => r.Body).ToArray());
        Add(batch, Index, rows.Select(r => r.Row.Patient).ToArray(), rows.Select(r => r.Row.Write.Type).ToArray(),
            rows.Select(r => r.Value.Parameter).ToArray(), rows.Select(r => r.Value.Value).ToArray(), rows.Select(r => r.Value.System).ToArray(),
            rows.Select(r => r.Value.Low).ToArray(), rows.Select(r => r.Value.High).ToArray(), rows.Select(r => r.Value.Number).ToArray(),
            rows.Select(r => r.Row.Write.Id).ToArray());
        Add(batch, Log, types, ids, versions, patients, cause, updated);
        await batch.ExecuteNonQueryAsync(cancellation);
        return (int)upsert.Rows;
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
        return command;
    }
}

using Npgsql;
using Record.Core.Audit;

namespace Record.Core.Fhir;

/// <summary>The SQL of writing resources.</summary>
internal static class ResourceWriteSql
{
    private const string FindOne = "select version, updated, deleted, body, patient from record.resource where type = $1 and id = $2";

    private const string Lock = """
        select r.type, r.id, r.version, r.updated, r.deleted, r.body, r.patient, r.rid, r.guard, r.source
        from record.resource r
        join unnest($1::text[], $2::text[]) as wanted (type, id) on r.type = wanted.type and r.id = wanted.id
        order by r.type, r.id
        for update of r
        """;

    private const string Archive = """
        insert into record.resource_history (type, id, version, updated, patient, deleted, body, rid, guard, source)
        select type, id, version, updated, patient, deleted, body, rid, guard, source from record.resource where rid = any($1)
        """;

    private const string Upsert = """
        insert into record.resource as r (type, id, version, updated, patient, patient_key, deleted, body, rid, guard, source)
        select type, id, version, $3, patient, patient_key, body is null, body, rid, guard, source
        from unnest($1::text[], $2::text[], $4::int[], $5::text[], $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[], $10::int[]) as w (type, id, version, patient, patient_key, body, rid, guard, source)
        on conflict (type, id) do update
            set version = excluded.version, updated = excluded.updated, patient = excluded.patient, patient_key = excluded.patient_key,
                deleted = excluded.deleted, body = excluded.body, guard = excluded.guard, source = excluded.source
            where r.version = excluded.version - 1
        """;

    private const string Forget = "delete from record.search_value s using unnest($1::bigint[], $2::smallint[]) as old (rid, parameter) where s.rid = old.rid and s.parameter = old.parameter";

    private const string Log = """
        insert into record.change (partition, type, id, version, patient, cause, at)
        select case when patient is null then 0 else 1 + (hashtext(patient) & 7) end, type, id, version, patient, $5, $6
        from unnest($1::text[], $2::text[], $3::int[], $4::text[]) with ordinality as w (type, id, version, patient, place)
        order by place
        """;

    private const string AuditEach = """
        insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction,
            resource_type, resource_id, outcome, patients)
        select $1, request, actor, role, organisation, purpose, client, network, action::"char", interaction, type, id, 'success',
            case when patient is null then '{}' else array[patient] end
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
            as w (request, actor, role, organisation, purpose, client, network, action, interaction, type, id, patient)
        """;

    private const string AuditTogether = """
        insert into record.audit (at, request, actor, role, organisation, purpose, client, network, action, interaction,
            resource_type, resource_id, outcome, patients)
        values ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), 'E', 'transaction', null, null, 'success', $9)
        """;

    /// <summary>A current version with its number.</summary>
    internal sealed record Current(StoredResource Resource, long Number, long Guard = 0, int Source = 0);

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

    /// <summary>The current versions of what is to be written, locked in order.</summary>
    public static async Task<Dictionary<(string, string), Current>> LockCurrent(NpgsqlConnection connection, IReadOnlyList<ResourceWrite> writes, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection)
        {
            Parameters = { new() { Value = writes.Select(w => w.Type).ToArray() }, new() { Value = writes.Select(w => w.Id).ToArray() } },
        };
        var current = new Dictionary<(string, string), Current>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var deleted = row.GetBoolean(4);
            current[(row.GetString(0), row.GetString(1))] = new(new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(5), deleted, row.IsDBNull(6) ? null : row.GetString(6)), row.GetInt64(7), row.GetInt64(8), row.GetInt32(9));
        }

        return current;
    }

    /// <summary>The statements that store decided writes, sent together.</summary>
    internal sealed class Batch : IAsyncDisposable
    {
        private readonly NpgsqlBatch batch;
        private readonly NpgsqlBatchCommand upsert;
        private readonly SearchRowsSql rows;
        private readonly bool copy;
        private readonly int count;

        /// <param name="connection">Where it runs.</param>
        /// <param name="decided">What is stored.</param>
        /// <param name="cause">What the change log says wrote it.</param>
        /// <param name="numbers">The numbers of parameters and systems.</param>
        /// <param name="inTransaction">Whether a transaction is open, in which many search rows may follow by themselves.</param>
        /// <param name="made">Patients that the same transaction has made: about them its caller may write.</param>
        public Batch(NpgsqlConnection connection, ResourceWriter.Decided decided, string cause, SearchNumberSql numbers, bool inTransaction, IReadOnlySet<string>? made)
        {
            batch = new(connection);
            var ready = decided.Ready;
            count = ready.Count;
            var types = ready.Select(r => r.Write.Type).ToArray();
            var ids = ready.Select(r => r.Write.Id).ToArray();
            var patients = ready.Select(r => r.Patient).ToArray();
            var versions = ready.Select(r => r.Version).ToArray();
            var keys = Array.ConvertAll(patients, patient => patient is null ? (long?)null : PatientKey.Of(patient));
            RelationshipSql.Refuse(batch, ready, made, decided.At);
            if (ready.Any(r => r.Existed)) AddBefore(ready, numbers);
            upsert = Add(Upsert, types, ids, decided.At, versions, patients, keys, ready.Select(r => r.Body).ToArray(), ready.Select(r => r.Number).ToArray(),
                ready.Select(r => r.Guard).ToArray(), ready.Select(r => r.Source).ToArray());
            RelationshipSql.Write(batch, [.. ready.Where(r => r.Facts.Count > 0).Select(r => ((long?)r.Number, r.Facts)), .. ready.Where(r => r.Registered.Count > 0).Select(r => ((long?)null, r.Registered))]);
            rows = new([.. ready.Select(r => (r.Number, r.Patient, (IReadOnlyCollection<SearchValue>)r.Added))], numbers);
            copy = inTransaction && rows.AreMany;
            if (!copy) rows.AddTo(batch);
            Add(Log, types, ids, versions, patients, cause, decided.At);
        }

        /// <summary>An audit row for each write, by whoever asked for it.</summary>
        public void Audit(DateTimeOffset at, IReadOnlyList<(Access Access, Written Written)> writes)
        {
            var written = writes.Select(w => w.Written).ToList();
            Add(AuditEach, [at, .. CallerColumns.Of([.. writes.Select(w => w.Access)]), written.Select(w => w.Resource.Deleted ? "D" : w.Created ? "C" : "U").ToArray(),
                written.Select(w => w.Resource.Deleted ? "delete" : w.Created ? "create" : "update").ToArray(),
                written.Select(w => w.Resource.Type).ToArray(), written.Select(w => w.Resource.Id).ToArray(), written.Select(w => w.Resource.Patient).ToArray()]);
        }

        /// <summary>One audit row for all that a transaction wrote.</summary>
        public void Audit(DateTimeOffset at, Access access, IReadOnlyList<Written> written)
        {
            if (written.Count == 1) Audit(at, [(access, written[0])]);
            else
                Add(AuditTogether, at, access.Request, access.User, access.Role, access.Organisation, access.Purpose, access.Client, access.From ?? "",
                    written.Select(w => w.Resource.Patient).OfType<string>().Distinct().ToArray());
        }

        /// <summary>Sends it all. Without an open transaction it is one by itself.</summary>
        /// <returns>Whether every resource was stored; if not, somebody else has written one meanwhile, and the transaction has to be undone.</returns>
        public async Task<bool> Run(CancellationToken cancellation)
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            if ((int)upsert.Rows != count) return false;
            if (copy) await rows.Copy(batch.Connection!, cancellation);
            return true;
        }

        public ValueTask DisposeAsync() => batch.DisposeAsync();

        private void AddBefore(List<ResourceWriter.Ready> ready, SearchNumberSql numbers)
        {
            Add(Archive, ready.Where(r => r.Existed).Select(r => r.Number).ToArray());
            RelationshipSql.TakeBack(batch, ready);
            var removed = ready.SelectMany(r => r.Removed.SelectMany(p => p.Forms.Select(form => (r.Number, Parameter: numbers.Parameter(p, form))))).ToList();
            if (removed.Count > 0) Add(Forget, removed.Select(r => r.Number).ToArray(), removed.Select(r => r.Parameter).ToArray());
        }

        private NpgsqlBatchCommand Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
            return command;
        }
    }
}

using Npgsql;
using NpgsqlTypes;
using Record.Core.Audit;
using Record.Core.Fhir;

namespace Record.Core.Worklists;

/// <summary>An open task with the person it is about.</summary>
public sealed record WorklistRow(StoredResource Task, Guid? Person, StoredResource? Patient);

/// <summary>Reads the worklists. All SQL of worklists is in this file.</summary>
public sealed class WorklistStore(NpgsqlDataSource database, AuditLog audit, AccessRules? rules = null, TimeProvider? clock = null)
{
    private static string Open(SqlParameters bind, Sight sight, DateTimeOffset now) => $"""
        select t.id, t.version, t.updated, t.body, t.patient, l.person, p.version, p.updated, p.body, {AccessSql.Cut(bind, sight, now, "p")}
        from record.search_value o
        join record.resource t on t.rid = o.rid and not t.deleted
        left join record.link l on l.patient = t.patient and l.current
        left join record.resource p on p.type = 'Patient' and p.id = t.patient and not p.deleted
        where o.parameter::int = record.search_parameter('Task', 'owner') and o.value = any($1)
            and exists (select from record.search_value s where s.rid = t.rid and s.parameter = record.search_parameter('Task', 'status')
                and s.value in ('requested', 'received', 'accepted', 'in-progress', 'on-hold', 'ready'))
            and {AccessSql.Visible(bind, sight, now, "t")}
        order by t.updated, t.id
        limit $2
        """;

    // Referral tasks that nobody has answered; whether they are late stands in the task.
    private const string Unanswered = """
        select t.id from record.search_value c
        join record.search_value s on s.rid = c.rid and s.parameter = record.search_parameter('Task', 'status') and s.value in ('requested', 'received')
        join record.resource t on t.rid = c.rid and not t.deleted
        where c.parameter::int = record.search_parameter('Task', 'code') and c.value = 'referral'
            and ((convert_from(t.body, 'UTF8')::jsonb #>> '{restriction,period,end}')::timestamptz) <= $1
            and not exists (select from record.search_value e where e.parameter::int = record.search_parameter('Task', 'part-of') and e.value = 'Task/' || t.id)
        order by t.id limit $2
        """;

    /// <summary>The most a worklist shows; when it is hit, the answer says so.</summary>
    public const int Most = 500;

    /// <summary>Open tasks of these owners, oldest first.</summary>
    public async Task<Result<IReadOnlyList<WorklistRow>>> Of(Access access, IReadOnlyCollection<string> owners, CancellationToken cancellation)
    {
        if (!access.MayReadPatients)
        {
            await audit.Write(new(access, 'R', "worklist", "Task", null, null, FhirErrors.Forbidden.Code, []), cancellation);
            return FhirErrors.Forbidden;
        }

        var (bind, now) = (new SqlParameters(), (clock ?? TimeProvider.System).GetUtcNow());
        bind.Add(owners.Select(owner => $"Organization/{owner}").ToArray());
        bind.Add(Most);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = bind.Command(connection, Open(bind, (rules ?? AccessRules.Default).SightOf(access, now), now));
        var rows = new List<WorklistRow>();
        await using (var row = await command.ExecuteReaderAsync(cancellation))
            while (await row.ReadAsync(cancellation)) rows.Add(Read(row));
        await audit.Write(new(access, 'R', "worklist", "Task", null, null, "success", [.. rows.Select(row => row.Task.Patient).OfType<string>().Distinct()]), cancellation);
        return Result<IReadOnlyList<WorklistRow>>.Of(rows);
    }

    /// <summary>Ids of referral tasks that should have been answered by now and have not been escalated.</summary>
    public async Task<IReadOnlyList<string>> LateReferrals(Access access, DateTimeOffset now, int count, CancellationToken cancellation)
    {
        if (!access.IsSystem) return [];
        await using var command = database.CreateCommand(Unanswered);
        command.Parameters.Add(new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = count });
        var ids = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) ids.Add(row.GetString(0));
        return ids;
    }

    private static WorklistRow Read(NpgsqlDataReader row)
    {
        var patient = row.IsDBNull(4) ? null : row.GetString(4);
        var task = new StoredResource("Task", row.GetString(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<byte[]>(3), false, patient);
        var about = row.IsDBNull(8) ? null : new StoredResource("Patient", patient!, row.GetInt32(6), row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<byte[]>(8), false, patient);
        if (about is not null) about = PatientCut.Of(about, row.GetInt32(9));
        return new(task, row.IsDBNull(5) ? null : row.GetGuid(5), about);
    }
}

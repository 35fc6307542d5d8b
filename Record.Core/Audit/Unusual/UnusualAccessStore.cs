using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Audit.Unusual;

/// <summary>What the rules look at, and what they raise. All SQL of unusual access that the worker uses is in this file.</summary>
internal sealed class UnusualAccessStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string ForgetStaff = "delete from record.staff where not actor = any($1)";

    private const string KeepStaff = """
        insert into record.staff as s (actor, name, family, given, organisation, nhs_number, birth_date, postcode, address) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (actor) do update set name = excluded.name, family = excluded.family, given = excluded.given, organisation = excluded.organisation,
            nhs_number = excluded.nhs_number, birth_date = excluded.birth_date, postcode = excluded.postcode, address = excluded.address
        """;

    private const string Place = "select block from record.unusual_access_place for update skip locked";

    private const string Move = "update record.unusual_access_place set block = $1";

    // Rows of people, not of programs, in the next blocks of seals: sealed rows are all there.
    private const string TouchesSql = """
        with next as (select block, ids from record.audit_seal where block > $1 order by block limit $2)
        select (select max(block) from next), a.id, a.at, a.actor, a.role, a.organisation, p.patient, coalesce(l.person::text, p.patient), a.outcome <> 'success'
        from (values (1)) one left join (record.audit a join (select unnest(ids) as id from next) n using (id)
            cross join lateral unnest(a.patients) as p (patient)
            left join record.link l on l.patient = p.patient and l.current) on a.role not in ('', 'system', 'privacy-officer')
        order by a.id
        """;

    private const string PatientsSql = "select id, body from record.resource where type = 'Patient' and id = any($1) and not deleted";

    private const string NamesakesSql = """
        select count(*) from (select from record.search_value v where v.parameter::int = record.search_parameter('Patient', 'family') and v.value >= $1 and v.value < $3 limit $2) n
        """;

    // People with whom the user's organisation has no relationship, and whom the user had not opened in the time before the run.
    private const string RunSql = """
        with run as (
            select a.id, a.at, p.patient, coalesce(l.person::text, p.patient) as person
            from record.audit a cross join lateral unnest(a.patients) as p (patient)
            left join record.link l on l.patient = p.patient and l.current
            where a.actor = $1 and a.at > $2 and a.at <= $3),
        strangers as (
            select * from run r where not exists (
                select from record.audit b cross join lateral unnest(b.patients) as q (patient)
                left join record.link k on k.patient = q.patient and k.current
                where b.actor = $1 and b.at > $4 and b.at <= $2 and coalesce(k.person::text, q.patient) = r.person)
            and not exists (select from record.relationship f where f.patient = r.patient and f.party = any($5) and f.since <= r.at and f.until > r.at))
        select count(distinct person), min(at), max(at), (array_agg(distinct patient))[1:200], (array_agg(distinct id))[1:100] from strangers
        """;

    private const string RaiseSql = """
        insert into record.unusual_access as u (id, rule, actor, role, organisation, subject, patients, why, first_at, last_at, rows, seen, raised_at)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, cardinality($11), $12
        where not exists (select from record.unusual_access q where q.rule = $2 and q.actor = $3 and q.subject = $6 and q.decision = 'justified' and q.decided_at > $13)
        on conflict (rule, actor, subject) where decision is null do update set
            last_at = greatest(u.last_at, excluded.last_at),
            patients = (select array_agg(distinct p) from unnest(u.patients || excluded.patients) as p),
            rows = (select array_agg(distinct r order by r) from unnest(u.rows || excluded.rows) as r)[1:100],
            seen = u.seen + cardinality(excluded.rows)
        """;

    /// <summary>Takes over the employer's register.</summary>
    public async Task KeepStaffOf(Access access, IReadOnlyList<StaffMember> staff, CancellationToken cancellation)
    {
        if (!access.IsSystem) return;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Run(connection, ForgetStaff, cancellation, (object)staff.Select(member => member.Actor).ToArray()); // one value, which is an array
        foreach (var member in staff)
            await Run(connection, KeepStaff, cancellation, member.Actor, member.Name, member.Family, member.Given, member.Organisation,
                Nullable(member.NhsNumber), Nullable(member.BirthDate), Nullable(member.Postcode), Nullable(member.Address));
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Carries out one step: the touches of the next blocks, what is raised of them, and the place, in one transaction.</summary>
    /// <returns>How many touches there were; null: nothing is left, or another process is at it.</returns>
    public async Task<int?> Step(Access access, Func<NpgsqlConnection, IReadOnlyList<Touch>, Task<IReadOnlyList<Raised>>> judge, CancellationToken cancellation)
    {
        if (!access.IsSystem) return null;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var place = new NpgsqlCommand(Place, connection);
        if (await place.ExecuteScalarAsync(cancellation) is not long block) return null;
        var (touches, last) = await Touches(connection, block, cancellation);
        if (last is not { } reached) return null;
        foreach (var raised in await judge(connection, touches)) await Raise(connection, raised, cancellation);
        await Run(connection, Move, cancellation, reached);
        await transaction.CommitAsync(CancellationToken.None);
        return touches.Count;
    }

    /// <summary>What is known of patients.</summary>
    internal static async Task<Dictionary<string, MatchSubject>> Patients(NpgsqlConnection connection, string[] ids, CancellationToken cancellation)
    {
        await using var command = Command(connection, PatientsSql, (object)ids);
        var found = new Dictionary<string, MatchSubject>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found[row.GetString(0)] = MatchFeatures.Of(JsonNode.Parse(row.GetFieldValue<byte[]>(1))!.AsObject(), row.GetString(0));
        return found;
    }

    /// <summary>How many people in the record have a surname, counted up to a number.</summary>
    internal static async Task<long> Namesakes(NpgsqlConnection connection, string family, int upTo, CancellationToken cancellation)
    {
        var folded = SearchText.Fold(family);
        await using var command = Command(connection, NamesakesSql, folded, upTo, folded + SearchText.Part); // as indexed: folded, or folded and the original
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The run that ends with a touch: how many people, whom the user had not opened before.</summary>
    internal static async Task<(long People, Raised Run)> Run(NpgsqlConnection connection, UnusualRule rule, Touch last, string[] parties, CancellationToken cancellation)
    {
        var from = last.At - TimeSpan.FromMinutes(rule.WithinMinutes);
        await using var command = Command(connection, RunSql, last.Actor, from, last.At, from - TimeSpan.FromDays(rule.KnownForDays), parties);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        if (row.GetInt64(0) == 0) return (0, new(rule, last, "", ""));
        var day = last.At.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return (row.GetInt64(0), new(rule, last with { At = row.GetFieldValue<DateTimeOffset>(1) }, day, $"The user opened {row.GetInt64(0)} people within {rule.WithinMinutes} minutes with whom neither they nor their organisation had to do.")
        {
            LastAt = row.GetFieldValue<DateTimeOffset>(2), Patients = row.GetFieldValue<string[]>(3), Rows = row.GetFieldValue<long[]>(4),
        });
    }

    private async Task Raise(NpgsqlConnection connection, Raised raised, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await Run(connection, RaiseSql, cancellation, Guid.CreateVersion7(), raised.Rule.Rule, raised.First.Actor, raised.First.Role, raised.First.Organisation, raised.Subject,
            raised.Patients.ToArray(), raised.Why, raised.First.At, raised.LastAt, raised.Rows.ToArray(), now, now - TimeSpan.FromDays(raised.Rule.QuietDays));
    }

    private static async Task<(List<Touch> Touches, long? Last)> Touches(NpgsqlConnection connection, long block, CancellationToken cancellation)
    {
        await using var command = Command(connection, TouchesSql, block, 20);
        var (touches, last) = (new List<Touch>(), (long?)null);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            last = row.IsDBNull(0) ? null : row.GetInt64(0);
            if (!row.IsDBNull(1))
                touches.Add(new(row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetBoolean(8)));
        }

        return (touches, last);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter Nullable(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}

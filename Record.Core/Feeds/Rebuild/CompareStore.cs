using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Tasks;

namespace Record.Core.Feeds.Rebuild;

/// <summary>
/// Compares two records: every current resource; which source patients are one person; what stewards decided; the clocks; the raw log and
/// what became of each message. docs/feeds/rebuild.md says what is left out and why.
/// </summary>
public sealed class CompareStore(NpgsqlDataSource one, NpgsqlDataSource other)
{
    // A follow-up task that nobody touched and that ended by itself is not compared: whether a gap was noticed while it lasted depends on when it was looked at.
    private const string Resources = $"""
        select r.type, r.id, r.body from record.resource r
        where not r.deleted and r.type <> 'Person' and not case when r.type <> 'Task' then false
            else convert_from(r.body, 'UTF8')::jsonb #>> '{"{code,coding,0,code}"}' = '{TaskCodes.FollowUp}' and convert_from(r.body, 'UTF8')::jsonb ->> 'status' in ('completed', 'cancelled')
                and not exists (select from record.change c where c.type = 'Task' and c.id = r.id and c.cause = 'api') end
        order by r.type, r.id
        """;

    // The rest of the record, each as lines that name what they are about first. Persons have no names of their own: they are whom they gather.
    private static readonly (string What, string Sql)[] Lines =
    [
        ("person", """
            select 'Patient/' || (array_agg(patient order by patient))[1], string_agg(patient, ' ' order by patient) || ' steward ' || bool_or(method = 'steward') || ' held ' || bool_or(method = 'held')
            from record.link where current group by person
            """),
        ("Person of a person", """
            select 'Patient/' || (array_agg(l.patient order by l.patient))[1], coalesce((select string_agg(t -> 'target' ->> 'reference', ' ' order by t -> 'target' ->> 'reference')
                from jsonb_array_elements(convert_from(r.body, 'UTF8')::jsonb -> 'link') t), '') || ' ' || (convert_from(r.body, 'UTF8')::jsonb ->> 'active')
            from record.link l join record.resource r on r.type = 'Person' and r.id = l.person::text where l.current group by l.person, r.body
            """),
        ("decision", """
            select case when a.first ~ '^[0-9]{1,10}$' then 'a list' else 'Patient/' || a.first end, d.kind || ' ' || a.first || ' ' || coalesce(d.second, r.second, '') || ' ' || extract(epoch from d.at)
                || ' ' || d.decided_by || ' ' || d.organisation || ' ' || d.reason || exists (select from record.link_decision u where u.undoes = d.id)
            from record.link_decision d left join record.link_review r on r.id = d.review left join record.overlay o on o.id = d.overlay
            cross join lateral (select coalesce(d.first, r.first, o.patient, d.moved -> 0 ->> 'patient', '') as first) a
            """),
        ("withdrawn NHS number", "select 'a list', number || ' ' || coalesce(replaced_by, '') from record.withdrawn_number"),
        ("question decided", "select 'Patient/' || first, second || ' ' || state from record.link_review where state in ('linked', 'kept-apart')"),
        ("quarantine", "select 'Patient/' || patient, state from record.overlay"),
        ("clock", """
            select 'Encounter/' || encounter, concat_ws(' ', rule, rule_version, reading, patient, team, organisation, extract(epoch from started_at), extract(epoch from due_at), extract(epoch from closed_at), closed_by,
                case when outcome in ('not-due', 'at-risk', 'breached-open') then 'running' else outcome end, case when outcome in ('excluded', 'not-assessable') then reason end, simulated)
            from record.pathway_clock
            """),
        ("BaRS request", "select request::text, correlation || ' ' || sender || ' ' || event || ' ' || reason from record.bars_request"),
        ("message", "select source || '/' || control_id, encode(digest, 'hex') || ' ' || state || ' ' || coalesce(reason, '') || ' ' || extract(epoch from received_at) from record.message"),
    ];

    private static readonly string[] CountedFromNotice = [TaskCodes.Referral, TaskCodes.ReferralRejected];

    /// <summary>What differs, at most so much; empty if the records are equal. Names resources, never what they say.</summary>
    public async Task<IReadOnlyList<string>> Differences(Access access, int most, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only the service compares records.");
        var differences = new List<string>();
        await using (var first = one.CreateCommand(Resources))
        await using (var second = other.CreateCommand(Resources))
        {
            await using var a = await first.ExecuteReaderAsync(cancellation);
            await using var b = await second.ExecuteReaderAsync(cancellation);
            var (moreA, moreB) = (await a.ReadAsync(cancellation), await b.ReadAsync(cancellation));
            while ((moreA || moreB) && differences.Count < most)
            {
                var order = !moreA ? 1 : !moreB ? -1 : string.CompareOrdinal($"{a.GetString(0)}/{a.GetString(1)}", $"{b.GetString(0)}/{b.GetString(1)}");
                if (order < 0) differences.Add($"only in the first: {a.GetString(0)}/{a.GetString(1)}");
                else if (order > 0) differences.Add($"only in the second: {b.GetString(0)}/{b.GetString(1)}");
                else if (!Same(a.GetFieldValue<byte[]>(2), b.GetFieldValue<byte[]>(2))) differences.Add($"differs: {a.GetString(0)}/{a.GetString(1)}");
                if (order <= 0) moreA = await a.ReadAsync(cancellation);
                if (order >= 0) moreB = await b.ReadAsync(cancellation);
            }
        }

        foreach (var (what, sql) in Lines)
        {
            var (first, second) = (await Read(one, sql, cancellation), await Read(other, sql, cancellation));
            differences.AddRange(first.Except(second).Select(line => $"{what} only in the first, or otherwise: {line.Name}"));
            differences.AddRange(second.Except(first).Select(line => $"{what} only in the second, or otherwise: {line.Name}"));
        }

        return differences.Count > most ? differences[..most] : differences;
    }

    private static bool Same(byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b) || JsonNode.DeepEquals(Bare(a), Bare(b));

    private static JsonObject Bare(byte[] body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        if (json["meta"] is JsonObject meta)
        {
            meta.Remove("versionId");
            meta.Remove("lastUpdated");
        }

        if (json["resourceType"]!.GetValue<string>() == "Task") Unnoticed(json);
        return json;
    }

    // When a task was noticed and ended is of the run, not of the record. How long it may wait from then is: a limit is compared as a span.
    private static void Unnoticed(JsonObject task)
    {
        var (noticed, ended) = (task["authoredOn"]?.GetValue<string>(), task["lastModified"]?.GetValue<string>());
        if (task["restriction"]?["period"] is JsonObject limit && Time(limit["end"]?.GetValue<string>()) is { } end && Time(noticed) is { } from && task["code"]?["coding"]?[0]?["code"]?.GetValue<string>() is { } code && CountedFromNotice.Contains(code))
            limit["end"] = (end - from).ToString();
        if (ended is not null && task["executionPeriod"]?["end"]?.GetValue<string>() == ended) task.Remove("executionPeriod");
        task.Remove("authoredOn");
        task.Remove("lastModified");
    }

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    private static async Task<HashSet<(string Name, string Said)>> Read(NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        var lines = new HashSet<(string, string)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) lines.Add((row.GetString(0), row.GetString(1)));
        return lines;
    }
}

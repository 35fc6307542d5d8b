using Npgsql;

namespace Record.Core.Audit.Reading;

/// <summary>A search of the audit as SQL: what was asked for, and of that only what concerns the reader's own staff or patients.</summary>
internal static class AuditQuerySql
{
    // Whether a patient is one of the reader's organisation.
    private const string Own = "exists (select from record.match_subject s where s.patient = p.patient and s.organisation = $1)";

    // One row an access and patient. Names only of the reader's own patients.
    private const string Select = $"""
        select a.id, coalesce(p.place, 0)::int, p.patient, a.at, a.request, a.actor, a.role, a.organisation, a.purpose, a.client, a.network,
            a.action, a.interaction, a.resource_type, a.resource_id, a.query, a.outcome,
            (select l.person from record.link l where l.patient = p.patient and l.current and {Own}),
            (select r.body from record.resource r where r.type = 'Patient' and r.id = p.patient and not r.deleted and {Own}),
            (select b.reason from record.break_glass b join record.link g on g.patient = b.patient and g.current join record.link l on l.person = g.person and l.current
                where l.patient = p.patient and b.actor = a.actor and b.at <= a.at and b.until > a.at order by b.at desc limit 1)
        from record.audit a left join lateral unnest(a.patients) with ordinality as p (patient, place) on true
        where
        """;

    // Rows of nobody (a token that did not hold) are shown to whoever hosts the service.
    private const string Visible = $"(a.organisation = $1 or {Own} or $2 and a.organisation = '' and p.patient is null)";

    /// <summary>The statement.</summary>
    /// <param name="database">Where.</param>
    /// <param name="organisation">The reader's organisation.</param>
    /// <param name="hosts">Whether it hosts the service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="whole">Whether all of it is shown: the access list of a person on whom the organisation holds data.</param>
    public static NpgsqlCommand Of(NpgsqlDataSource database, string organisation, bool hosts, AuditQuery query, bool whole)
    {
        var command = database.CreateCommand();
        string Bind(object value)
        {
            command.Parameters.Add(new() { Value = value });
            return $"${command.Parameters.Count}";
        }

        Bind(organisation);
        Bind(hosts);
        var conditions = new List<string> { whole ? "$1 <> '' and $2 is not null" : Visible };
        if (query.Patients.Count > 0)
        {
            var patients = Bind(query.Patients.ToArray());
            conditions.Add($"a.patients && {patients} and p.patient = any({patients})");
        }

        if (query.Actor is { } actor) conditions.Add($"a.actor = {Bind(actor)}");
        if (query.Role is { } role) conditions.Add($"a.role = {Bind(role)}");
        if (query.From is { } from) conditions.Add($"a.at >= {Bind(from.ToUniversalTime())}");
        if (query.Until is { } until) conditions.Add($"a.at < {Bind(until.ToUniversalTime())}");
        if (query.Action is { } action) conditions.Add($"a.action = {Bind(action.ToString())}::\"char\"");
        if (query.Succeeded is { } succeeded) conditions.Add(succeeded ? "a.outcome = 'success'" : "a.outcome <> 'success'");
        if (query.Interaction is { } interaction) conditions.Add($"a.interaction = {Bind(interaction)}");
        if (query.ResourceType is { } type) conditions.Add($"a.resource_type = {Bind(type)}");
        if (query.ResourceId is { } id) conditions.Add($"a.resource_id = {Bind(id)}");
        if (query.Network is { } network) conditions.Add($"a.network = {Bind(network)}");
        if (query.PeopleOnly) conditions.Add($"a.role <> '{Roles.System}'");
        if (query.One is { } one) conditions.Add($"a.id = {Bind(one.Row)} and coalesce(p.place, 0) = {Bind(one.Place)}");
        if (query.After is { } after) conditions.Add($"(a.id, -coalesce(p.place, 0)) < ({Bind(after.Row)}, {Bind(-after.Place)})");
        command.CommandText = $"{Select} {string.Join(" and ", conditions.Select(condition => $"({condition})"))} order by a.id desc, coalesce(p.place, 0) limit {Bind(query.Count + 1)}";
        return command;
    }
}

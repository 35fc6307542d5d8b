using Npgsql;

namespace Record.Core.Fhir;

/// <summary>The whole record of a person in one round trip: links, Person, and what each source patient has.</summary>
internal sealed class EverythingSql(Sight sight, DateTimeOffset now, SearchNumberSql numbers, EverythingQuery query)
{
    private static readonly Lazy<IReadOnlyList<SearchParameter>> Dates = new(() => [.. SearchParameters.ResourceTypes.Select(SearchParameters.SortDate).OfType<SearchParameter>()]);

    private readonly SqlParameters bind = new();

    /// <summary>One page, one resource more than asked for. Empty if the patient is not there.</summary>
    public static async Task<List<SearchHit>> Read(
        NpgsqlConnection connection, Sight sight, DateTimeOffset now, SearchNumberSql numbers, EverythingQuery query, PageToken? after, CancellationToken cancellation)
    {
        await numbers.Load(cancellation);
        await using var command = new EverythingSql(sight, now, numbers, query).Command(connection, after);
        var found = new List<SearchHit>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add(new(ResourceSearch.Resource(row, 0, 8), new([row.GetInt64(7).ToString(System.Globalization.CultureInfo.InvariantCulture), row.GetString(1)], row.GetInt64(0))));
        return found;
    }

    // Keys: the patient's key (the least for the Person), type, number. None of them changes.
    private NpgsqlCommand Command(NpgsqlConnection connection, PageToken? after)
    {
        var limit = bind.Add((query.Count ?? EverythingQuery.Most) + 1);
        var patient = bind.Add(query.Patient);
        var first = after is null && (query.Types.Count == 0 || query.Types.Contains("Person"));
        var person = $"""
            (select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body, (-9223372036854775807 - 1)::bigint as place, {AccessSql.CutOfOne(sight, "r")} as cut from record.resource r where r.type = 'Person' and r.id = any(array(select person::text from own)) and {Conditions("r", false)})
            union all
            """;
        return bind.Command(connection, $"""
            with {(sight.All ? "" : AccessSql.With(bind, sight, now, patient) + ", ")}own as materialized (select l.person from record.link l join record.resource p on p.type = 'Patient' and p.id = l.patient where l.patient = {patient} and l.current and not p.deleted),
            patients as materialized (
                select record.patient_key(id) as key, id from (
                    select l.patient as id from own join record.link l on l.person = own.person and l.current
                    union select p.id from record.resource p where p.type = 'Patient' and p.id = {patient} and not p.deleted) every)
            {(first ? person : "")}
            (select r.* from patients p cross join lateral (
                select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body, p.key as place, {AccessSql.CutOfOne(sight, "r")} as cut from record.resource r
                where r.patient_key = p.key and r.patient = p.id and {Conditions("r", true)}{Beyond(after)} order by r.type, r.rid limit {limit}) r
            order by r.place, r.type collate "C", r.rid limit {limit})
            """);
    }

    private string Beyond(PageToken? after)
    {
        if (after is null) return "";
        if (after.Keys[1] == "Person") return ""; // nothing but the Person has been shown
        string place = bind.Add(long.Parse(after.Keys[0]!, System.Globalization.CultureInfo.InvariantCulture)), type = bind.Add(after.Keys[1]!), number = bind.Add(after.Number);
        return $" and (p.key > {place} or (p.key = {place} and (r.type, r.rid) > ({type}, {number})))";
    }

    private string Conditions(string a, bool ofPatient)
    {
        var all = new List<string> { $"not {a}.deleted", ofPatient ? AccessSql.VisibleOfOne(bind, sight, a) : AccessSql.Visible(bind, sight, now, a) };
        if (query.Types.Count > 0) all.Add($"{a}.type = any({bind.Add(query.Types.ToArray())})");
        if (query.Since is { } since) all.Add($"{a}.updated >= {bind.Add(since)}");
        if (!ofPatient || (query.Start is null && query.End is null)) return string.Join(" and ", all);
        var dates = $"select from record.search_value s where s.rid = {a}.rid and s.parameter = any({bind.Add(Dates.Value.Select(date => numbers.Parameter(date)).ToArray())})";
        var within = (query.Start is { } start ? $" and s.high > {bind.Add(start.From)}" : "") + (query.End is { } end ? $" and s.low < {bind.Add(end.Until)}" : "");
        all.Add($"({a}.type = 'Patient' or exists ({dates}{within}) or not exists ({dates}))");
        return string.Join(" and ", all);
    }
}

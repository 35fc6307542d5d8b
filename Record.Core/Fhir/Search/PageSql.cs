namespace Record.Core.Fhir;

/// <summary>
/// The statement of one page: matches in order, one more than asked for, and if there are that many, a last row with their total
/// and with what the statement had seen. One round trip. Brief: without that row, for questions that seldom fill a page.
/// </summary>
internal sealed class PageSql
{
    private readonly SqlParameters bind = new();
    private readonly CriteriaSql criteria;
    private readonly SearchQuery query;
    private readonly SearchContext context;
    private readonly SearchPlan plan;
    private readonly PageToken? after;
    private readonly SearchPlace? place;
    private readonly string patient = "";
    private readonly string scope = "";
    private readonly string sight = "";

    private PageSql(SearchQuery query, SearchContext context, SearchPlan plan, PageToken? after)
    {
        (this.query, this.context, this.plan, this.after) = (query, context, plan, after);
        criteria = new(bind, context);
        if (after is not null) place = SearchPlace.Of(after.Keys, plan.Sort, after.Number);
        if (query.Criteria.OfType<Criterion.OwnPatient>().ToList() is not [var own] || query.Types.Count != 1) return;
        var ids = criteria.Patients(own);
        if (!context.Sight.All && (ids.Count == 1 || context.Persons is not null && own.Ids.Count == 1)) sight = AccessSql.With(bind, context.Sight, context.Now, bind.Add(own.Ids[0])) + ", ";
        scope = ids.Count == 1 ? $" and s.patient = {patient = bind.Add(PatientKey.Of(ids[0]))}" : $" and s.patient = any({bind.Add(ids.Select(PatientKey.Of).ToArray())})";
    }

    /// <summary>The page's statement.</summary>
    public static (string Text, SqlParameters Values) Page(SearchQuery query, SearchContext context, SearchPlan plan, PageToken? after)
    {
        var sql = new PageSql(query, context, plan, after);
        return (sql.Page(), sql.bind);
    }

    /// <summary>The statement of a first page, without total.</summary>
    public static (string Text, SqlParameters Values) Brief(SearchQuery query, SearchContext context, SearchPlan plan)
    {
        var sql = new PageSql(query, context, plan, null);
        return (sql.Brief(), sql.bind);
    }

    /// <summary>How many match.</summary>
    public static (string Text, SqlParameters Values) Total(SearchQuery query, SearchContext context)
    {
        var sql = new PageSql(query, context, new([], null), null);
        return ($"{sql.With()}select count(*) from record.resource r where {sql.Matches()}", sql.bind);
    }

    /// <summary>Ids of at most so many matches, for conditional interactions.</summary>
    public static (string Text, SqlParameters Values) Ids(SearchQuery query, SearchContext context, int most)
    {
        var sql = new PageSql(query, context, new([], null), null);
        return ($"{sql.With()}select r.id from record.resource r where {sql.Matches()} order by {sql.Number()} limit {sql.bind.Add(most)}", sql.bind);
    }

    /// <summary>Those that match and were written since the first page, with the version that the first page had seen.</summary>
    public static (string Text, SqlParameters Values) Moved(SearchQuery query, SearchContext context, PageToken after, int most)
    {
        var sql = new PageSql(query, context, new([], null), null);
        return ($"""
            with {sql.sight}moved as materialized ({sql.Changed(after.Snapshot!)})
            select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body, h.body, h.updated, {sql.Cut("r")}
            from moved m join record.resource r on r.type = m.type and r.id = m.id
            join record.resource_history h on h.type = m.type and h.id = m.id and h.version = m.version - 1
            where m.version > 1 and not h.deleted and {sql.Matches()} limit {sql.bind.Add(most)}
            """, sql.bind);
    }

    private string Page()
    {
        var keys = plan.Sort.Select((key, i) => (Name: $"k{i}", key.SqlType)).ToList();
        var limit = bind.Add(query.Count + 1);
        var moved = after?.Snapshot is { } snapshot && plan.MayMove ? $"moved as materialized ({Changed(snapshot)}), " : "";
        var page = plan.Range is { } range ? Range(range, limit, moved.Length > 0) : Ordered(limit, moved.Length > 0);
        return $"""
            with {sight}{moved}page as materialized ({page})
            select p.rid, p.type, p.id, p.version, p.updated, p.patient, p.body, null::bigint, null::text{string.Concat(keys.Select(key => $", p.{key.Name}"))}, {Cut("p")} from page p
            union all
            select null, null, null, null, null, null, null, {(after is null ? CountAll() : "null")}, {(after is null && plan.MayMove ? "pg_current_snapshot()::text" : "null")}{string.Concat(keys.Select(key => $", null::{key.SqlType}"))}, null
            where (select count(*) from page) >= {limit}
            """;
    }

    private string Brief()
    {
        var limit = bind.Add(query.Count + 1);
        var page = plan.Range is { } range ? Range(range, limit, false) : Ordered(limit, false);
        return $"""
            {With()}select p.rid, p.type, p.id, p.version, p.updated, p.patient, p.body, null::bigint, null::text{string.Concat(plan.Sort.Select((_, i) => $", p.k{i}"))}, {Cut("p")} from ({page}) p
            """;
    }

    private string With() => sight.Length == 0 ? "" : $"with {sight[..^2]} ";

    // What of a row is shown: only people are shown in part.
    private string Cut(string a) => query.Types.Contains("Patient") || query.Types.Contains("Person") ? AccessSql.Cut(bind, context.Sight, context.Now, a) : "0";

    private string More() => Cut("r") == "0" ? "" : ", r.guard, r.source";

    private string Visible() => sight.Length > 0 ? $"not r.deleted and {AccessSql.VisibleOfOne(bind, context.Sight, "r")}"
        : context.Sight is { All: false, Patients: true } && Whereabouts.Finds(query) ? $"not r.deleted and {AccessSql.Found(bind, context.Sight, "r")}"
        : context.Visible(bind, "r");

    private string CountAll() => query.Total switch
    {
        SearchTotal.None => "null",
        SearchTotal.Accurate => $"(select count(*) from record.resource r where {Matches()})",
        _ => $"(select count(*) from (select from record.resource r where {Matches()} limit {bind.Add(SearchQuery.CheapTotal + 1)}) c)",
    };

    private string Matches(Func<Criterion, bool>? but = null)
    {
        var conditions = query.Criteria.Where(criterion => but?.Invoke(criterion) != true).Select(criterion => criteria.Condition(criterion, "r", query.Types, criterion is Criterion.OwnPatient ? "" : scope));
        return string.Join(" and ", new[] { criteria.Type("r", query.Types), Visible() }.Concat(conditions));
    }

    // An index that only serves the order must not be walked where the criteria find less: so the order's expression is none that has an index.
    private bool Guarded => query.Criteria.Any(criterion => criterion is not (Criterion.Updated or Criterion.Not));

    private string Number() => query.Criteria.Any(criterion => criterion is Criterion.Rows or Criterion.Any or Criterion.All or Criterion.Chain or Criterion.Has or Criterion.Present) && patient.Length == 0 ? "(r.rid + 0)" : "r.rid";

    private string Ordered(string limit, bool butMoved)
    {
        var keys = string.Concat(plan.Sort.Select((key, i) => $", {Key(key)} as k{i}"));
        var beyond = place is null ? "" : $" where {Beyond(place, plan.Sort.Count == 0 ? Number() : "r.rid")}";
        var number = plan.Sort.Count == 0 ? Number() : "r.rid";
        var order = plan.Sort is [{ Name: "_id" } only] && query.Types.Count == 1 ? $"r.k0{(only.Descending ? " desc" : "")}"
            : string.Concat(plan.Sort.Select((key, i) => key.Descending ? $"r.k{i} desc{(MayBeNull(key) ? " nulls last" : "")}, " : $"r.k{i}, ")) + number + (new SearchOrder(plan.Sort).NumberDescending ? " desc" : "");
        return $"""
            select r.* from (select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body{More()}{keys}
            from record.resource r where {Matches()}{(butMoved ? " and not exists (select from moved m where m.type = r.type and m.id = r.id)" : "")}) r{beyond}
            order by {order} limit {limit}
            """;
    }

    private string Key(SearchSort key) => (key.Name, Guarded) switch
    {
        ("_id", true) => "(r.id || '')",
        ("_lastUpdated", true) => "(r.updated + interval '0')",
        _ => key.Sql(bind, context.Numbers, "r"),
    };

    private static bool MayBeNull(SearchSort key) => key.Parameters.Count > 0;

    private string Beyond(SearchPlace from, string number)
    {
        var ways = new List<string>();
        var same = "";
        for (var i = 0; i < plan.Sort.Count; i++)
        {
            var (name, key) = ($"r.k{i}", plan.Sort[i]);
            if (from.Keys[i] is not { } value)
            {
                same += $"{name} is null and ";
                continue;
            }

            var bound = Bind(value);
            var less = key.Descending ? "<" : ">";
            ways.Add($"({same}({name} {less} {bound}{(MayBeNull(key) ? $" or {name} is null" : "")}))");
            same += $"{name} = {bound} and ";
            if (i == 0 && !MayBeNull(key)) number = number.Length > 0 ? number : "r.rid";
        }

        ways.Add($"({same}{number} {(new SearchOrder(plan.Sort).NumberDescending ? "<" : ">")} {bind.Add(from.Number)})");
        var any = $"({string.Join(" or ", ways)})";
        return plan.Sort is [var first, ..] && !MayBeNull(first) ? $"r.k0 {(first.Descending ? "<=" : ">=")} {Bind(from.Keys[0]!)} and {any}" : any;
    }

    private string Bind(object value) => value switch
    {
        string text => bind.Add(text),
        decimal number => bind.Add(number),
        _ => bind.Add((DateTimeOffset)value),
    };

    // What has a date, in its order; then what has none. The second part is not begun while the first fills the page.
    private string Range(PatientRange range, string limit, bool butMoved)
    {
        var parts = new List<string>();
        var onlyDated = range.Leaf is null && query.Criteria.Any(criterion => PatientRange.IsOn(criterion, range.Date));
        if (place?.Keys[0] is not null || place is null || onlyDated) parts.Add($"({Dated(range, limit, butMoved)})");
        if (range.Leaf is not null) parts.Add($"({Undated(range, limit, butMoved)})");
        else if (!onlyDated) parts.Add($"({WithoutDate(range, limit, butMoved)})");
        return parts.Count == 1 ? parts[0] : $"{string.Join(" union all ", parts)} limit {limit}";
    }

    private string Dated(PatientRange range, string limit, bool butMoved)
    {
        var down = range.Descending ? " desc" : "";
        var from = place?.Keys[0] is DateTimeOffset low ? $" and (s.low, s.rid) {(range.Descending ? "<" : ">")} ({bind.Add(low)}, {bind.Add(place.Number)})" : "";
        return $"""
            select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body{More()}, d.low as k0
            from (select {Distinct(range)}s.value, s.low, s.rid from record.search_value s where {Rows(range)} and s.low is not null{from} order by {Value(range, "s")}s.low{down}, s.rid{down}) d
            join record.resource r on r.rid = d.rid where {Rest(range, butMoved)} order by {Value(range, "d")}d.low{down}, d.rid{down} limit {limit}
            """;
    }

    private string Undated(PatientRange range, string limit, bool butMoved)
    {
        var down = range.Descending ? " desc" : "";
        return $"""
            select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body{More()}, null::timestamptz as k0
            from (select {Distinct(range)}s.value, s.rid from record.search_value s where {Rows(range)} and s.low is null{FromNumber(range, "s.rid")} order by s.rid{down}) d
            join record.resource r on r.rid = d.rid where {Rest(range, butMoved)} order by d.rid{down} limit {limit}
            """;
    }

    private string WithoutDate(PatientRange range, string limit, bool butMoved) => $"""
        select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body{More()}, null::timestamptz as k0 from record.resource r
        where {criteria.Type("r", query.Types)} and r.patient_key = {patient} and {Rest(range, butMoved)}{FromNumber(range, "r.rid")}
        and not exists (select from record.search_value s where s.rid = r.rid and s.parameter = {bind.Add(context.Numbers.Parameter(range.Date))})
        order by r.rid{(range.Descending ? " desc" : "")} limit {limit}
        """;

    // The index has the value before the date. It is the same in all rows, but of an absent one the database must be told.
    private static string Value(PatientRange range, string alias) => range.Leaf is not null ? "" : $"{alias}.value{(range.Descending ? " desc" : "")}, ";

    private string FromNumber(PatientRange range, string number) =>
        place is { Keys: [null] } ? $" and {number} {(range.Descending ? "<" : ">")} {bind.Add(place.Number)}" : "";

    private static string Distinct(PatientRange range) => range.Leaf is { Terms: [SearchTerm.Token { System: null }] } ? "distinct " : "";

    private string Rows(PatientRange range)
    {
        var on = query.Criteria.Where(criterion => PatientRange.IsOn(criterion, range.Date)).Select(criterion => (SearchTerm.Date)((Criterion.Rows)criterion).Terms[0]);
        if (range.Leaf is null)
        {
            var tests = on.Select(date => " and " + Test(date));
            return $"s.patient = {patient} and s.parameter = {bind.Add(context.Numbers.Parameter(range.Date))} and s.value is null and s.number is null{string.Concat(tests)}";
        }

        var value = range.Leaf.Terms[0] is SearchTerm.Token token ? $"s.value = {bind.Add(token.Code!)}{(token.System is null ? "" : $" and s.system = {bind.Add(context.System(token.System))}")}"
            : $"s.value = {bind.Add(((SearchTerm.Address)range.Leaf.Terms[0]).Value)}";
        return $"s.patient = {patient} and s.parameter = {bind.Add(context.Numbers.Parameter(range.Leaf.Parameters[0]))} and {value}{string.Concat(on.Select(Bound))}";
    }

    private string Test(SearchTerm.Date date)
    {
        var (from, until) = new RowsSql(bind, context).Bounds(date);
        return RowsSql.DateTest(date.Prefix, "s.low", "s.high", from, until, bind.Add);
    }

    // What a test of the date means for its begin, which stands in the rows of codes too.
    private string Bound(SearchTerm.Date date) => date.Prefix switch
    {
        SearchPrefix.Eq => $" and s.low >= {bind.Add(date.From)} and s.low < {bind.Add(date.Until)}",
        SearchPrefix.Lt or SearchPrefix.Eb => $" and s.low < {bind.Add(date.From)}",
        SearchPrefix.Le => $" and s.low < {bind.Add(date.Until)}",
        SearchPrefix.Sa => $" and s.low >= {bind.Add(date.Until)}",
        _ => "",
    };

    private string Rest(PatientRange range, bool butMoved)
    {
        var rest = query.Criteria.Where(criterion => criterion is not Criterion.OwnPatient && criterion != range.Leaf && (range.Leaf is not null || !PatientRange.IsOn(criterion, range.Date)))
            .Select(criterion => criteria.Condition(criterion, "r", query.Types, scope));
        return string.Join(" and ", new[] { $"r.patient = {bind.Add(range.Patient)}", Visible() }.Concat(rest))
            + (butMoved ? " and not exists (select from moved m where m.type = r.type and m.id = r.id)" : "");
    }

    // What a snapshot had not seen of the change log; of one patient only the partitions that hold that patient's changes.
    private string Changed(string snapshot)
    {
        var seen = bind.Add(snapshot);
        var own = query.Criteria.OfType<Criterion.OwnPatient>().ToList() is [var one] && query.Types.Count == 1 ? criteria.Patients(one) : null;
        var partitions = own is null ? "array[0, 1, 2, 3, 4, 5, 6, 7, 8]::smallint[]" : $"array(select (1 + (hashtext(p) & 7))::smallint from unnest({bind.Add(own.ToArray())}::text[]) p)";
        return $"""
            select c.type, c.id, min(c.version) as version from record.change c
            where c.partition = any({partitions}) and c.xid >= pg_snapshot_xmin({seen}::pg_snapshot) and not pg_visible_in_snapshot(c.xid, {seen}::pg_snapshot) and {criteria.Type("c", query.Types)}
            group by c.type, c.id
            """;
    }
}

namespace Record.Core.Fhir;

/// <summary>
/// Criteria as conditions on a resource. Rows of values become sets of resources' numbers (<c>rid in (…)</c>), which the database may
/// start from or look into, whichever is less; every other resource that a chain goes through is one that the caller may see.
/// </summary>
internal sealed class CriteriaSql(SqlParameters bind, SearchContext context)
{
    private readonly RowsSql rows = new(bind, context);
    private int aliases;

    /// <summary>A condition.</summary>
    /// <param name="criterion">What must hold.</param>
    /// <param name="a">The resource's name in the statement.</param>
    /// <param name="types">Types it may have.</param>
    /// <param name="scope">A further condition on rows <c>s</c>, where the resource's patient is known.</param>
    public string Condition(Criterion criterion, string a, IReadOnlyList<string> types, string scope = "")
    {
        if (context.Sight.All) return Plain(criterion, a, types, scope);
        if (criterion is Criterion.Not { Of: var of } && Whereabouts.Asks(of, types)) return $"not {Condition(of, a, types, scope)}";
        return Whereabouts.Asks(criterion, types) ? $"({Plain(criterion, a, types, scope)} and {AccessSql.Locatable(bind, context.Sight, context.Now, a)})" : Plain(criterion, a, types, scope);
    }

    private string Plain(Criterion criterion, string a, IReadOnlyList<string> types, string scope) => criterion switch
    {
        Criterion.Rows of => $"{a}.rid in ({rows.Set(of, scope)})",
        Criterion.Present of => $"{a}.rid in ({rows.Set(of)})",
        Criterion.Not { Of: Criterion.Rows of } => $"not exists ({rows.Set(of, scope, $" and s.rid = {a}.rid")})",
        Criterion.Not { Of: Criterion.Present of } => $"not exists ({rows.Set(of, $" and s.rid = {a}.rid")})",
        Criterion.Not { Of: var of } => $"not ({Condition(of, a, types, scope)})",
        Criterion.OwnPatient own => OwnPatient(own, a),
        Criterion.AnyPatient => $"{a}.patient_key is not null",
        Criterion.Id { Ids: [var id] } => $"{a}.id = {bind.Add(id)}",
        Criterion.Id id => $"{a}.id = any({bind.Add(id.Ids.ToArray())})",
        Criterion.Updated updated => $"({string.Join(" or ", updated.Terms.Select(term => Updated(term, a)))})",
        Criterion.Words words => Words(words, a),
        Criterion.Chain chain => Chain(chain, a, types),
        Criterion.Has has => Has(has, a, types),
        Criterion.All all => $"({string.Join(" and ", all.Of.Select(one => Condition(one, a, types, scope)))})",
        Criterion.Any any when any.Of.Any(one => one is Criterion.OwnPatient) => $"{a}.rid = any(array({string.Join(" union all ", any.Of.Select(one => Set(one, types, scope)))}))", // few: found first, once
        Criterion.Any any => any.Of.All(one => one is not Criterion.AnyPatient)
            ? $"{a}.rid in ({string.Join(" union all ", any.Of.Select(one => Set(one, types, scope)))})"
            : $"({string.Join(" or ", any.Of.Select(one => Condition(one, a, types, scope)))})",
        _ => throw new InvalidOperationException($"A criterion without SQL: {criterion.GetType().Name}."),
    };

    /// <summary>Ids of patients, of all source patients of the same persons if the question said so.</summary>
    public IReadOnlyList<string> Patients(Criterion.OwnPatient own) => context.Persons ?? own.Ids;

    private string Set(Criterion criterion, IReadOnlyList<string> types, string scope)
    {
        var whole = context.Sight.All || !Whereabouts.Asks(criterion, types);
        if (criterion is Criterion.Rows of && whole) return rows.Set(of, scope);
        if (criterion is Criterion.Present present && whole) return rows.Set(present);
        var x = Alias("x");
        return $"select {x}.rid from record.resource {x} where {Type(x, types)} and {context.Visible(bind, x)} and {Condition(criterion, x, types, scope)}";
    }

    /// <summary>The condition on a resource's type; all types need none.</summary>
    public string Type(string a, IReadOnlyList<string> types) => types.Count == 1 ? $"{a}.type = {bind.Add(types[0])}"
        : types.Count == SearchParameters.ResourceTypes.Count() ? "true" : $"{a}.type = any({bind.Add(types.ToArray())})";

    private string OwnPatient(Criterion.OwnPatient own, string a)
    {
        var ids = Patients(own);
        return ids.Count == 1
            ? $"{a}.patient_key = {bind.Add(PatientKey.Of(ids[0]))} and {a}.patient = {bind.Add(ids[0])}"
            : $"{a}.patient_key = any({bind.Add(ids.Select(PatientKey.Of).ToArray())}) and {a}.patient = any({bind.Add(ids.ToArray())})";
    }

    private string Updated(SearchTerm.Date term, string a) =>
        RowsSql.DateTest(term.Prefix, $"{a}.updated", $"({a}.updated + interval '1 millisecond')", rows.Bounds(term).From, rows.Bounds(term).Until, bind.Add);

    private string Words(Criterion.Words words, string a)
    {
        var text = $"lower({(words.Narrative ? $"convert_from({a}.body, 'UTF8')::json #>> '{{text,div}}'" : $"convert_from({a}.body, 'UTF8')")})";
        return $"exists (select from unnest({bind.Add(words.Phrases.Select(phrase => phrase.ToLowerInvariant()).ToArray())}::text[]) w where strpos({text}, w) > 0)";
    }

    // subject:Patient.family: the resource's own patient by its column, others by their rows.
    private string Chain(Criterion.Chain chain, string a, IReadOnlyList<string> types)
    {
        var parts = new List<string>();
        if (chain.Reference.IsPatient && chain.Target == "Patient")
        {
            var p = Alias("p");
            parts.Add($"({a}.patient_key, {a}.patient) in (select {p}.patient_key, {p}.id from record.resource {p} where {p}.type = 'Patient' and {context.Visible(bind, p)} and {Condition(chain.Inner, p, ["Patient"])})");
            if (Repetition.HoldsOnlyOwnPatient(chain.Reference)) return parts[0];
        }

        foreach (var reference in chain.Reference.UnionOf.Count > 0 ? chain.Reference.UnionOf : [chain.Reference])
        {
            var (t, s) = (Alias("t"), Alias("s"));
            parts.Add($"""
                {a}.rid in (select {s}.rid from record.search_value {s} join record.resource {t} on {s}.value = '{chain.Target}/' || {t}.id and {t}.id = substr({s}.value, {chain.Target.Length + 2})
                where {s}.parameter::int = {bind.Add(context.Numbers.Parameter(reference))} and {t}.type = '{chain.Target}' and {context.Visible(bind, t)} and {Condition(chain.Inner, t, [chain.Target])})
                """);
        }

        return parts.Count == 1 ? parts[0] : $"({string.Join(" or ", parts)})";
    }

    private string Has(Criterion.Has has, string a, IReadOnlyList<string> types)
    {
        var (type, s, f) = (types[0], Alias("s"), Alias("f"));
        var inner = Condition(has.Inner, f, [has.Type]);
        var from = $"{f}.type = '{has.Type}' and {context.Visible(bind, f)} and {inner}{(Whereabouts.Tells(has.Reference) ? $" and {AccessSql.Locatable(bind, context.Sight, context.Now, f)}" : "")}";
        var own = $"select {f}.patient from record.resource {f} where {f}.patient_key is not null and {from}";
        var byRow = $"""
            select substr({s}.value, {type.Length + 2}) from record.search_value {s} join record.resource {f} on {f}.rid = {s}.rid
            where {s}.parameter::int = {bind.Add(context.Numbers.Parameter(has.Reference))} and {s}.value >= '{type}/' and {s}.value < '{type}0' and {from}
            """;
        if (!has.Reference.IsPatient || type != "Patient") return $"{a}.id in ({byRow})";
        return Repetition.HoldsOnlyOwnPatient(has.Reference) ? $"{a}.id in ({own})" : $"{a}.id in ({own} union all {byRow})";
    }

    private string Alias(string letter) => $"{letter}{++aliases}";
}

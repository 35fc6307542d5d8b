using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>One key of the order. https://hl7.org/fhir/R4/search.html#sort</summary>
/// <param name="Name">The search parameter.</param>
/// <param name="Parameters">Its rows' parameters; none for <c>_id</c> and <c>_lastUpdated</c>.</param>
/// <param name="Descending">Last first.</param>
internal sealed record SearchSort(string Name, IReadOnlyList<SearchParameter> Parameters, bool Descending)
{
    /// <summary>Whether the key never changes.</summary>
    public bool IsFixed => Name == "_id";

    /// <summary>PostgreSQL type of the key.</summary>
    public string SqlType => Name == "_lastUpdated" || Kind == SearchParamType.Date ? "timestamptz" : Kind is SearchParamType.Number or SearchParamType.Quantity ? "numeric" : "text collate \"C\"";

    private SearchParamType? Kind => Parameters.Count > 0 ? Parameters[0].Type : null;

    /// <summary>The key of a resource in SQL.</summary>
    public string Sql(SqlParameters bind, SearchNumberSql numbers, string alias)
    {
        if (Name == "_id") return $"{alias}.id";
        if (Name == "_lastUpdated") return $"{alias}.updated";
        var column = SqlType switch { "timestamptz" => "low", "numeric" => "number", _ => "value" };
        var parameter = Parameters.Count == 1 ? $"= {bind.Add(numbers.Parameter(Parameters[0]))}" : $"= any({bind.Add(Parameters.Select(p => numbers.Parameter(p)).ToArray())})";
        var rows = $"(select {(Descending ? "max" : "min")}(k.{column}) from record.search_value k where k.rid = {alias}.rid and k.parameter {parameter})";
        return Parameters.Any(p => p.IsPatient) ? $"coalesce({rows}, 'Patient/' || {alias}.patient)" : rows;
    }

    /// <summary>The key of a version of a resource.</summary>
    public object? Of(string id, DateTimeOffset updated, SearchValues values)
    {
        if (Name == "_id") return id;
        if (Name == "_lastUpdated") return updated;
        var keys = values.Values.Where(value => value.Form == SearchForm.Plain && Parameters.Contains(value.Parameter)).Select(Key).OfType<object>().Order(SearchOrder.Values).ToList();
        if (keys.Count == 0) return values.Patient is { } patient && Parameters.Any(p => p.IsPatient) ? "Patient/" + patient : null;
        return Descending ? keys[^1] : keys[0];
    }

    private object? Key(SearchValue value) => SqlType switch
    {
        "timestamptz" => value.Low is { } low ? SearchOrder.AsStored(low) : null,
        "numeric" => value.Number,
        _ => value.Value,
    };

    /// <summary>Reads <c>_sort</c>; null if a key is none.</summary>
    public static SearchSort? Read(IReadOnlyList<string> types, string text)
    {
        var descending = text.StartsWith('-');
        var name = descending ? text[1..] : text;
        if (name is "_id" or "_lastUpdated") return new(name, [], descending);
        var found = types.Select(type => SearchParameters.Of(type).GetValueOrDefault(name)).OfType<SearchParameter>().ToList();
        if (found.Count == 0 || found.Count != types.Count || found[0].Type is SearchParamType.Composite or SearchParamType.Special) return null;
        return new(name, [.. found.SelectMany(p => p.UnionOf.Count > 0 ? p.UnionOf : [p])], descending);
    }
}

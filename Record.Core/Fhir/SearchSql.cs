using System.Globalization;
using System.Text;
using Hl7.Fhir.Model;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Compiles a search to SQL over the search values; paging is by key (sort value, id).</summary>
internal sealed class SearchSql
{
    private readonly StringBuilder where = new("r.type = $1 and not r.deleted");
    private readonly List<NpgsqlParameter> parameters = [];
    private readonly SearchQuery query;
    private readonly SearchNumberSql numbers;

    private SearchSql(SearchQuery query, SearchNumberSql numbers)
    {
        this.query = query;
        this.numbers = numbers;
        Bind(query.Type);
    }

    /// <summary>Runs a search; refuses by name what it cannot do.</summary>
    public static async Task<Result<SearchPage>> Run(NpgsqlDataSource database, SearchNumberSql numbers, SearchQuery query, CancellationToken cancellation)
    {
        await numbers.Load(cancellation);
        var sql = new SearchSql(query, numbers);
        foreach (var condition in query.Conditions)
            if (sql.Add(condition) is { } error) return error;
        long? total = query.WithTotal || query.Count == 0 ? await sql.CountAll(database, cancellation) : null;
        return query.Count == 0 ? new SearchPage([], total, null) : await sql.Page(database, total, cancellation);
    }

    private async Task<long> CountAll(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = Command(database, $"select count(*) from record.resource r where {where}");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<Result<SearchPage>> Page(NpgsqlDataSource database, long? total, CancellationToken cancellation)
    {
        var (key, descending) = SortKey();
        if (key is null) return FhirErrors.UnknownParameter(query.Type, "_sort=" + query.Sort);
        var (order, beyond) = descending ? ("desc", "<") : ("asc", ">");
        if (query.After is { } after)
        {
            var parts = after.Split('|', 2);
            if (parts.Length < 2) return FhirErrors.BadValue("_after");
            where.Append(CultureInfo.InvariantCulture, $" and ({key}, r.id) {beyond} ({Bind(parts[0])}, {Bind(parts[1])})");
        }

        var limit = query.Count + 1;
        await using var command = Command(database, $"""
            select r.id, r.version, r.updated, r.body, r.patient, {key} as key
            from record.resource r where {where} order by key {order}, r.id {order} limit {limit}
            """);
        var found = new List<StoredResource>();
        string? last = null, next = null;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (found.Count == query.Count)
            {
                next = last;
                break;
            }

            found.Add(new(query.Type, row.GetString(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<byte[]>(3), false,
                row.IsDBNull(4) ? null : row.GetString(4)));
            last = $"{row.GetString(5)}|{row.GetString(0)}";
        }

        return new SearchPage(found, total, next);
    }

    // The key is text, so that one form of page token serves all: times as sortable UTC.
    private (string? Sql, bool Descending) SortKey()
    {
        var name = query.Sort ?? "_id";
        var descending = name.StartsWith('-');
        if (descending) name = name[1..];
        if (name == "_id") return ("''::text", descending);
        if (name == "_lastUpdated") return ("""to_char(r.updated at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS')""", descending);
        if (!SearchParameters.Of(query.Type).TryGetValue(name, out var parameter)) return (null, descending);
        var value = parameter.Type == SearchParamType.Date
            ? """to_char(min(greatest(s.low, '0001-01-01'::timestamptz)) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS')"""
            : "min(s.value)";
        return ($"coalesce((select {value} from record.search_value s where s.rid = r.rid and s.parameter = {Bind(numbers.Parameter(parameter))}), '')", descending);
    }

    private RecordError? Add(SearchCondition condition)
    {
        if (condition.Name == "_id")
        {
            where.Append(CultureInfo.InvariantCulture, $" and r.id = any({Bind(condition.Values.ToArray())})");
            return null;
        }

        if (condition.Name == "_lastUpdated") return AddUpdated(condition);
        if (!SearchParameters.Of(query.Type).TryGetValue(condition.Name, out var parameter)) return FhirErrors.UnknownParameter(query.Type, condition.Name);
        if (condition.Modifier == "missing")
        {
            var not = condition.Values is ["true"] ? "not " : "";
            where.Append(CultureInfo.InvariantCulture, $" and {not}exists (select from record.search_value s where s.rid = r.rid and s.parameter = {Bind(numbers.Parameter(parameter))})");
            return null;
        }

        var negated = condition.Modifier == "not" && parameter.Type == SearchParamType.Token;
        if (parameter.IsPatient && condition.Modifier is null or "Patient")
        {
            var ids = condition.Values.Select(value => value.Replace("Patient/", "", StringComparison.Ordinal)).ToArray();
            where.Append(CultureInfo.InvariantCulture, $" and r.patient_key = any({Bind(Array.ConvertAll(ids, PatientKey.Of))}) and r.patient = any({Bind(ids)})");
            return null;
        }

        var test = new List<string>();
        foreach (var value in condition.Values)
        {
            if (Test(parameter, negated ? null : condition.Modifier, value) is not { } one)
                return condition.Modifier is { } modifier && !negated ? FhirErrors.UnknownParameter(query.Type, $"{condition.Name}:{modifier}") : FhirErrors.BadValue(condition.Name);
            test.Add(one);
        }

        where.Append(CultureInfo.InvariantCulture, $"""
             and {(negated ? "not " : "")}r.rid {(negated ? "= any(array" : "in ")}(select s.rid from record.search_value s
                where s.parameter = {Bind(numbers.Parameter(parameter))} and ({string.Join(" or ", test)})){(negated ? ")" : "")}
            """);
        return null;
    }

    private string? Test(SearchParameter parameter, string? modifier, string value) => parameter.Type switch
    {
        SearchParamType.Token when modifier is null => Token(value),
        SearchParamType.String when modifier is null or "exact" or "contains" => Text(modifier, value),
        SearchParamType.Reference when modifier is null || SearchParameters.IsResourceType(modifier) => Reference(parameter, modifier, value),
        SearchParamType.Uri when modifier is null => $"s.value = {Bind(value)}",
        SearchParamType.Date when modifier is null => Date(value, "s.low", "s.high"),
        SearchParamType.Number or SearchParamType.Quantity when modifier is null => Number(value),
        _ => null,
    };

    private string Token(string value)
    {
        var bar = value.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0) return $"s.value = {Bind(value)}";
        var (system, code) = (value[..bar], value[(bar + 1)..]);
        var systemTest = system.Length == 0 ? "s.system is null" : $"s.system = (select number from record.search_system where uri = {Bind(system)})";
        return code.Length == 0 ? systemTest : $"s.value = {Bind(code)} and {systemTest}";
    }

    private string Text(string? modifier, string value)
    {
        var folded = SearchText.Fold(value);
        if (modifier == "exact") return $"s.value = {Bind(SearchText.Indexed(value))}";
        var pattern = folded.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        return $"s.value like {Bind(modifier == "contains" ? "%" + pattern : pattern)}";
    }

    private string? Reference(SearchParameter parameter, string? type, string value)
    {
        value = SearchText.Relative(value);
        if (value.Contains('/', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal)) return $"s.value = {Bind(value)}";
        var types = type is not null ? [type] : parameter.Targets;
        return types.Count == 0 ? null : $"s.value = any({Bind(types.Select(t => $"{t}/{value}").ToArray())})";
    }

    private string? Date(string value, string low, string high)
    {
        var prefix = value.Length > 2 && char.IsLetter(value[0]) ? value[..2] : "eq";
        if (!FhirTime.TryRange(prefix == "eq" && char.IsDigit(value[0]) ? value : value[2..], out var from, out var until)) return null;
        return prefix switch
        {
            "eq" => $"{low} >= {Bind(from)} and {high} <= {Bind(until)}",
            "ne" => $"({low} < {Bind(from)} or {high} > {Bind(until)})",
            "gt" => $"{high} > {Bind(until)}",
            "ge" => $"{high} > {Bind(from)}",
            "lt" => $"{low} < {Bind(from)}",
            "le" => $"{low} < {Bind(until)}",
            "sa" => $"{low} >= {Bind(until)}",
            "eb" => $"{high} <= {Bind(from)}",
            _ => null,
        };
    }

    private RecordError? AddUpdated(SearchCondition condition)
    {
        foreach (var value in condition.Values)
        {
            if (Date(value, "r.updated", "r.updated") is not { } test) return FhirErrors.BadValue("_lastUpdated");
            where.Append(CultureInfo.InvariantCulture, $" and {test}");
        }

        return null;
    }

    private string? Number(string value)
    {
        var prefix = value.Length > 2 && char.IsLetter(value[0]) ? value[..2] : "eq";
        var parts = (prefix == "eq" && !char.IsLetter(value[0]) ? value : value[2..]).Split('|');
        if (!decimal.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        var unit = parts.Length == 3 && parts[2].Length > 0 ? $" and s.value = {Bind(parts[2])}" : "";
        if (parts.Length == 3 && parts[1].Length > 0) unit += $" and s.system = (select number from record.search_system where uri = {Bind(parts[1])})";
        // 5.4 means 5.35 to 5.45: the precision written is the precision meant
        var half = 0.5m / (decimal)Math.Pow(10, Math.Max(0, parts[0].IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? parts[0].Length - dot - 1 : 0));
        return prefix switch
        {
            "eq" => $"s.number >= {Bind(number - half)} and s.number < {Bind(number + half)}{unit}",
            "ne" => $"(s.number < {Bind(number - half)} or s.number >= {Bind(number + half)}){unit}",
            "gt" or "sa" => $"s.number > {Bind(number)}{unit}",
            "ge" => $"s.number >= {Bind(number)}{unit}",
            "lt" or "eb" => $"s.number < {Bind(number)}{unit}",
            "le" => $"s.number <= {Bind(number)}{unit}",
            _ => null,
        };
    }

    private string Bind(object value)
    {
        parameters.Add(new() { Value = value });
        return $"${parameters.Count}";
    }

    private NpgsqlCommand Command(NpgsqlDataSource database, string sql)
    {
        var command = database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter.Clone());
        return command;
    }
}

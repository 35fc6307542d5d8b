using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>
/// Rows of search values as sets of resources' numbers. One value is compared directly; many are a table of their own
/// (<c>unnest</c>), so that ten thousand values make the same statement as two.
/// </summary>
internal sealed class RowsSql(SqlParameters bind, SearchContext context)
{
    private const string Last = "\U0010FFFF"; // after every letter: what lies between a text and it begins with the text

    /// <summary>The resources with any value of these parameters, words and identifiers of references counted.</summary>
    /// <param name="present">The parameters.</param>
    /// <param name="of">A further condition on the rows <c>s</c>.</param>
    public string Set(Criterion.Present present, string of = "") => Select(
        $"{Parameter(of)} = any({bind.Add(present.Parameters.SelectMany(p => p.Forms.Select(form => context.Numbers.Parameter(p, form))).ToArray())}){of}", "true");

    /// <summary>The resources with one of the values.</summary>
    /// <param name="rows">The parameters and values.</param>
    /// <param name="scope">A condition on the rows' patient; left out where rows carry none.</param>
    /// <param name="of">A further condition on the rows <c>s</c>.</param>
    public string Set(Criterion.Rows rows, string scope, string of = "")
    {
        scope = (rows.Parameters.All(p => p.ByPatient(rows.Form)) ? scope : "") + of;
        var numbers = rows.Parameters.Select(p => context.Numbers.Parameter(p, rows.Form)).ToArray();
        var head = $"{Parameter(scope)} = {(numbers.Length == 1 ? bind.Add(numbers[0]) : $"any({bind.Add(numbers)})")}{scope}";
        var sets = Sets(rows, head).ToList();
        return sets.Count == 1 ? sets[0] : string.Join(" union all ", sets);
    }

    // The indexes for questions without a patient are over parameter::int, so that a patient's question cannot go to them (0014).
    private static string Parameter(string scope) => scope.Length > 0 ? "s.parameter" : "s.parameter::int";

    private IEnumerable<string> Sets(Criterion.Rows rows, string head)
    {
        if (rows.Terms[0] is SearchTerm.Token) return Tokens(rows, head);
        if (rows.Terms[0] is SearchTerm.Text) return [Texts(rows, head)];
        if (rows.Terms[0] is SearchTerm.Address) return Addresses(rows, head);
        return rows.Terms[0] switch
        {
            SearchTerm.Date => rows.Terms.OfType<SearchTerm.Date>().GroupBy(d => d.Prefix).Select(group => Dates(group.Key, [.. group], head)),
            SearchTerm.Number => rows.Terms.OfType<SearchTerm.Number>().GroupBy(n => (n.Prefix, n.System, HasCode: n.Code is not null)).Select(group => Numbers(group.Key.Prefix, group.Key.System, [.. group], head)),
            _ => rows.Terms.Select(term => term is SearchTerm.Near near ? Near(near, head) : Pair((SearchTerm.Pair)term, rows.Parameters[0], head)),
        };
    }

    private static string Select(string head, string test) => $"select s.rid from record.search_value s where {head} and {test}";

    // One row of columns is compared directly, several by a join.
    private string Select(string head, Func<string[], string> test, params Array[] columns)
    {
        if (columns[0].Length == 1) return Select(head, test(Array.ConvertAll(columns, column => Bind(column, 0))));
        string[] names = ["u.a", "u.b", "u.c"];
        var table = $"unnest({string.Join(", ", columns.Select(BindAll))}) u({string.Join(", ", columns.Select((_, i) => "abc"[i]))})";
        return $"select s.rid from {table} join record.search_value s on {test(names[..columns.Length])} where {head}";
    }

    private string Bind(Array column, int at) => column switch
    {
        string[] texts => bind.Add(texts[at]),
        int[] numbers => bind.Add(numbers[at]),
        decimal[] numbers => bind.Add(numbers[at]),
        _ => bind.Add(((DateTimeOffset[])column)[at]),
    };

    private string BindAll(Array column) => column switch
    {
        string[] texts => bind.Add(texts),
        int[] numbers => bind.Add(numbers),
        decimal[] numbers => bind.Add(numbers),
        _ => bind.Add((DateTimeOffset[])column),
    };

    private IEnumerable<string> Tokens(Criterion.Rows rows, string head)
    {
        var tokens = rows.Terms.OfType<SearchTerm.Token>().ToList();
        var implied = rows.Form == SearchForm.Plain ? ImpliedSystem.Of(rows.Parameters[0]) : [];
        var anySystem = tokens.Where(t => t.System is null).Select(t => t.Code!).Distinct().ToArray();
        var noSystem = tokens.Where(t => t.System is "" || (t is { System: { } system, Code: not null } && implied.Contains(system))).Select(t => t.Code!).Distinct().ToArray();
        var pairs = tokens.Where(t => t is { System.Length: > 0, Code: not null }).Distinct().ToList();
        var systems = tokens.Where(t => t.Code is null).Select(t => context.System(t.System!)).Distinct().ToArray();
        if (anySystem.Length > 0) yield return Select(head, $"s.value {OneOf(anySystem)}");
        if (noSystem.Length > 0) yield return Select(head, $"s.value {OneOf(noSystem)} and s.system is null");
        if (pairs.Count > 0)
            yield return Select(head, u => $"s.value = {u[0]} and s.system = {u[1]}", pairs.Select(p => p.Code!).ToArray(), pairs.Select(p => context.System(p.System!)).ToArray());
        if (systems.Length > 0) yield return Select(head, $"s.system = any({bind.Add(systems)})");
        if (tokens.Exists(t => t.Code is null && implied.Contains(t.System!))) yield return Select(head, "s.system is null");
    }

    private string OneOf(string[] values) => values.Length == 1 ? $"= {bind.Add(values[0])}" : $"= any({bind.Add(values)})";

    private string Texts(Criterion.Rows rows, string head)
    {
        var texts = rows.Terms.OfType<SearchTerm.Text>().Select(t => t.Value).Distinct().ToArray();
        if (rows.How == SearchMatch.Exact) return Select(head, $"s.value {OneOf(Array.ConvertAll(texts, SearchText.Indexed))}");
        var folded = texts.Select(SearchText.Fold).Distinct().ToArray();
        return rows.How == SearchMatch.Contains
            ? Select(head, u => $"strpos(split_part(s.value, E'\\x01', 1), {u[0]}) > 0", folded)
            : Select(head, u => $"s.value >= {u[0]} and s.value < {u[1]}", folded, Array.ConvertAll(folded, text => text + Last));
    }

    private IEnumerable<string> Addresses(Criterion.Rows rows, string head)
    {
        var all = rows.Terms.OfType<SearchTerm.Address>().Select(t => t.Value).Distinct().ToArray();
        if (rows.How == SearchMatch.Above) all = [.. all.SelectMany(Above).Distinct()];
        yield return Select(head, $"s.value {OneOf(all)}");
        var below = rows.How == SearchMatch.Below ? Array.ConvertAll(all, uri => uri.EndsWith('/') ? uri : uri + "/")
            : rows.Parameters[0].Type == SearchParamType.Reference ? [.. all.Where(a => a.Contains("://", StringComparison.Ordinal) && !a.Contains('|', StringComparison.Ordinal)).Select(a => a + "|")] : [];
        if (below.Length > 0) yield return Select(head, u => $"s.value >= {u[0]} and s.value < {u[1]}", below, Array.ConvertAll(below, text => text + Last));
    }

    private static IEnumerable<string> Above(string uri)
    {
        yield return uri;
        for (var slash = uri.LastIndexOf('/'); slash > 0 && uri[slash - 1] is not ('/' or ':'); slash = uri.LastIndexOf('/', slash - 1))
        {
            yield return uri[..slash];
            yield return uri[..(slash + 1)];
        }
    }

    private string Dates(SearchPrefix prefix, List<SearchTerm.Date> dates, string head)
    {
        var bounds = dates.ConvertAll(Bounds);
        head += " and s.value is null and s.number is null";
        if (bounds.Count == 1) return Select(head, DateTest(prefix, "s.low", "s.high", bounds[0].From, bounds[0].Until, bind.Add));
        return Select(head, u => DateTest(prefix, "s.low", "s.high", u[0], u[1], name => name), bounds.Select(b => b.From).ToArray(), bounds.Select(b => b.Until).ToArray());
    }

    /// <summary>From when until when; approximately: a tenth of the time from now more.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Bounds(SearchTerm.Date date)
    {
        if (date.Prefix != SearchPrefix.Ap) return (date.From, date.Until);
        var more = (context.Now - date.From).Duration() / 10;
        return (date.From - DateTimeOffset.MinValue > more ? date.From - more : DateTimeOffset.MinValue, DateTimeOffset.MaxValue - date.Until > more ? date.Until + more : DateTimeOffset.MaxValue);
    }

    /// <summary>How the range of a value is compared with that of the question. https://hl7.org/fhir/R4/search.html#prefix</summary>
    public static string DateTest<T>(SearchPrefix prefix, string low, string high, T from, T until, Func<T, string> b) => prefix switch
    {
        SearchPrefix.Ne => $"({low} < {b(from)} or {high} > {b(until)})",
        SearchPrefix.Gt => $"{high} > {b(until)}",
        SearchPrefix.Lt => $"{low} < {b(from)}",
        SearchPrefix.Ge => $"({high} > {b(until)} or {low} >= {b(from)})",
        SearchPrefix.Le => $"({low} < {b(from)} or {low} < {b(until)} and {high} <= {b(until)})",
        SearchPrefix.Sa => $"{low} >= {b(until)}",
        SearchPrefix.Eb => $"{high} <= {b(from)}",
        SearchPrefix.Ap => $"{low} < {b(until)} and {high} > {b(from)}",
        _ => $"{low} >= {b(from)} and {low} < {b(until)} and {high} <= {b(until)}",
    };

    private string Numbers(SearchPrefix prefix, string? system, List<SearchTerm.Number> numbers, string head)
    {
        if (system is not null && system != SearchNumberSql.Ucum || numbers[0].Code is null && system is not null)
            head += $" and s.system = {bind.Add(context.System(system))}";
        var all = system == SearchNumberSql.Ucum ? numbers.SelectMany(number => UcumUnits.Expand(number, context.Units)).ToList() : numbers;
        if (system == SearchNumberSql.Ucum && numbers[0].Code is not null) head += $" and s.system = {bind.Add(context.System(system))}";
        var (a, b) = (all.Select(n => Lower(prefix, n)).ToArray(), all.Select(n => Upper(prefix, n)).ToArray());
        var two = prefix is SearchPrefix.Eq or SearchPrefix.Ne or SearchPrefix.Ap;
        if (all[0].Code is null) return two ? Select(head, u => NumberTest(prefix, u[0], u[1]), a, b) : Select(head, u => NumberTest(prefix, u[0], u[0]), a);
        var codes = all.Select(n => n.Code!).ToArray();
        return two ? Select(head, u => $"s.value = {u[2]} and {NumberTest(prefix, u[0], u[1])}", a, b, codes)
            : Select(head, u => $"s.value = {u[1]} and {NumberTest(prefix, u[0], u[0])}", a, codes);
    }

    private static decimal Lower(SearchPrefix prefix, SearchTerm.Number n) => prefix switch
    {
        SearchPrefix.Eq or SearchPrefix.Ne => n.Value - n.Half,
        SearchPrefix.Ap => n.Value - Math.Abs(n.Value) / 10,
        _ => n.Value,
    };

    private static decimal Upper(SearchPrefix prefix, SearchTerm.Number n) => prefix switch
    {
        SearchPrefix.Eq or SearchPrefix.Ne => n.Value + n.Half,
        SearchPrefix.Ap => n.Value + Math.Abs(n.Value) / 10,
        _ => n.Value,
    };

    private static string NumberTest(SearchPrefix prefix, string a, string b) => prefix switch
    {
        SearchPrefix.Ne => $"(s.number < {a} or s.number >= {b})",
        SearchPrefix.Gt or SearchPrefix.Sa => $"s.number > {a}",
        SearchPrefix.Lt or SearchPrefix.Eb => $"s.number < {a}",
        SearchPrefix.Ge => $"s.number >= {a}",
        SearchPrefix.Le => $"s.number <= {a}",
        SearchPrefix.Ap => $"s.number >= {a} and s.number <= {b}",
        _ => $"s.number >= {a} and s.number < {b}",
    };

    // Kilometres over the sphere; the latitudes first, which have an index.
    private string Near(SearchTerm.Near near, string head)
    {
        var degrees = near.Kilometres / 111.0;
        string south = bind.Add((decimal)Math.Max(-90, near.Latitude - degrees)), north = bind.Add((decimal)Math.Min(90, near.Latitude + degrees));
        string latitude = bind.Add(near.Latitude), longitude = bind.Add(near.Longitude), distance = bind.Add(near.Kilometres);
        return Select(head, $"""
            s.number >= {south} and s.number <= {north} and 12742 * asin(sqrt(least(1,
            power(sin(radians(s.number::float8 - {latitude}) / 2), 2) + cos(radians({latitude})) * cos(radians(s.number::float8)) * power(sin(radians(s.value::float8 - {longitude}) / 2), 2)))) <= {distance}
            """);
    }

    private string Pair(SearchTerm.Pair pair, SearchParameter parameter, string head)
    {
        var first = pair.First.Code + SearchText.Part;
        if (pair.First.System is "") head += " and s.system is null";
        else if (pair.First.System is { } system) head += ImpliedSystem.Of(parameter.Components[0].Parameter).Contains(system)
            ? $" and (s.system = {bind.Add(context.System(system))} or s.system is null)" : $" and s.system = {bind.Add(context.System(system))}";
        return pair.Second switch
        {
            SearchTerm.Token { System: null } token => Select(head, $"{Begins(first)} and right(s.value, {bind.Add(token.Code!.Length + 1)}) = {bind.Add("|" + token.Code)}"),
            SearchTerm.Token { Code: null } token => Select(head, Begins($"{first}{token.System}|")),
            SearchTerm.Token token => Select(head, $"s.value = {bind.Add($"{first}{token.System}|{token.Code}")}"),
            SearchTerm.Text text => Select(head, Begins(first + SearchText.Fold(text.Value))),
            SearchTerm.Address address => Select(head, $"s.value = {bind.Add(first + address.Value)}"),
            SearchTerm.Date date => Select(head, $"{Begins(first)} and {DateTest(date.Prefix, "s.low", "s.high", Bounds(date).From, Bounds(date).Until, bind.Add)}"),
            SearchTerm.Number number => PairedNumber(number, first, head),
            _ => throw new InvalidOperationException("A composite of such a part is not compiled."),
        };
    }

    private string Begins(string text) => $"s.value >= {bind.Add(text)} and s.value < {bind.Add(text + Last)}";

    private string PairedNumber(SearchTerm.Number number, string first, string head)
    {
        if (number.Code is null) return Select($"{head} and {Begins(first)}", NumberTest(number.Prefix, bind.Add(Lower(number.Prefix, number)), bind.Add(Upper(number.Prefix, number))));
        var all = number.System is SearchNumberSql.Ucum ? UcumUnits.Expand(number, context.Units) : [number];
        return Select(head, u => $"s.value = {u[2]} and {NumberTest(number.Prefix, u[0], u[1])}",
            all.Select(n => Lower(n.Prefix, n)).ToArray(), all.Select(n => Upper(n.Prefix, n)).ToArray(), all.Select(n => first + n.Code).ToArray());
    }
}

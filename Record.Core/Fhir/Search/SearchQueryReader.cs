using System.Globalization;

namespace Record.Core.Fhir;

/// <summary>Reads the parameters of a search.</summary>
internal sealed class SearchQueryReader(string type, SearchOptions options)
{
    private const int Most = 1000;
    private const int MostParameters = 200;

    private static readonly string[] Summaries = ["true", "text", "data", "count", "false"];

    private readonly List<Criterion> criteria = [];
    private readonly List<SearchSort> sort = [];
    private readonly List<SearchInclude> includes = [];
    private readonly List<SearchNote> notes = [];
    private readonly List<KeyValuePair<string, string>> used = [];
    private IReadOnlyList<string> types = [];
    private IReadOnlyList<string> elements = [];
    private int count = Math.Clamp(options.DefaultCount, 1, Most);
    private SearchTotal total;
    private string? summary, page;
    private bool person;

    /// <summary>The question, or what is wrong with it.</summary>
    public Result<SearchQuery> Read(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (type.Length > 0 && !SearchParameters.IsResourceType(type)) return FhirErrors.UnknownParameter(type, "");
        if (parameters.Count > MostParameters) return SearchErrors.TooManyParameters;
        if (ReadTypes(parameters) is { } wrong) return wrong;
        foreach (var (key, value) in parameters)
        {
            if (key is "_format" or "_pretty" or "_type" && (key != "_type" || type.Length == 0)) continue;
            if (!IsText(value) || !IsText(key)) return FhirErrors.BadValue(Printable(key));
            var before = notes.Count;
            var error = Control(key, value) is { } control ? control.Error : Criteria(key, value);
            if (error is not null) return error;
            if (notes.Count == before || key == "_count") used.Add(new(key, value));
        }

        return new SearchQuery
        {
            Type = type, Types = types, Criteria = criteria, Sort = sort, Includes = includes, Count = count, Total = total, Summary = summary,
            Elements = elements, Notes = notes, Used = [.. used.Where(p => p.Key != "_page")], Person = person, Page = page, Options = options,
            Text = string.Join('&', parameters.Where(p => p.Key != "_page").Select(p => $"{p.Key}={p.Value}")),
        };
    }

    private RecordError? ReadTypes(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (type.Length > 0)
        {
            types = [type];
            return null;
        }

        var asked = parameters.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',')).Distinct().ToList();
        if (!asked.TrueForAll(SearchParameters.IsResourceType)) return FhirErrors.BadValue("_type");
        types = asked.Count > 0 ? asked : [.. SearchParameters.ResourceTypes];
        used.AddRange(parameters.Where(p => p.Key == "_type"));
        return null;
    }

    private sealed record Handled(RecordError? Error);

    private static readonly Handled Fine = new((RecordError?)null);

    // Null: no control, so a criterion.
    private Handled? Control(string key, string value)
    {
        switch (key)
        {
            case "_count": return new(Count(value));
            case "_sort": return new(Sort(value));
            case "_total": return new(Total(value));
            case "_summary" when Summaries.Contains(value):
                summary = value;
                if (value == "count") count = 0;
                return Fine;
            case "_summary": return new(FhirErrors.BadValue(key));
            case "_elements":
                elements = [.. elements, .. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
                return elements.Count > 0 ? Fine : new(FhirErrors.BadValue(key));
            case "_page":
                page = value;
                return Fine;
            case "_person":
                person = value == "true";
                return value is "true" or "false" ? Fine : new(FhirErrors.BadValue(key));
            case "_include" or "_include:iterate" or "_include:recurse" or "_revinclude" or "_revinclude:iterate" or "_revinclude:recurse": return new(Include(key, value));
            default: return null;
        }
    }

    private RecordError? Count(string value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var asked)) return FhirErrors.BadValue("_count");
        if (asked > Most) notes.Add(new("information", "informational", $"A page holds at most {Most} matches."));
        if (summary != "count") count = (int)Math.Min(asked, Most);
        return null;
    }

    private RecordError? Total(string value)
    {
        (total, var known) = value switch
        {
            "none" => (SearchTotal.None, true),
            "estimate" or "accurate" => (SearchTotal.Accurate, true),
            _ => (SearchTotal.Cheap, false),
        };
        return known ? null : FhirErrors.BadValue("_total");
    }

    private RecordError? Sort(string value)
    {
        foreach (var text in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (text.Length == 0) return FhirErrors.BadValue("_sort");
            if (SearchSort.Read(types, text) is { } key) sort.Add(key);
            else if (LeaveOut("_sort", FhirErrors.UnknownParameter(Named, "_sort=" + Printable(text))) is { } error) return error;
        }

        return null;
    }

    private RecordError? Include(string key, string value)
    {
        var parts = key.Split(':');
        var read = SearchInclude.Read(type, value, parts[0] == "_revinclude", parts.Length > 1);
        includes.AddRange(read);
        return read.Count > 0 && type.Length > 0 ? null : LeaveOut(key, FhirErrors.UnknownParameter(Named, $"{key}={Printable(value)}"));
    }

    private RecordError? Criteria(string key, string value)
    {
        if (new CriterionReader(types, options).Read(key, value).TryGet(out var criterion, out var error)) criteria.Add(criterion);
        else return error.Code == FhirErrors.UnknownParameter("", "").Code ? LeaveOut(key, error) : error;
        return null;
    }

    // Strict handling refuses it by name; lenient handling goes on without it and says so.
    private RecordError? LeaveOut(string key, RecordError error)
    {
        if (options.Strict) return error;
        notes.Add(new("warning", "not-supported", $"'{Printable(key)}' was not used: {error.Detail}"));
        return null;
    }

    private string Named => type.Length > 0 ? type : "The whole record";

    // What the database can keep at all: no zero, no half of a letter.
    private static bool IsText(string text) =>
        !text.Contains('\0', StringComparison.Ordinal) && (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 || text.Contains('\ufffd', StringComparison.Ordinal) || !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar));

    // Names of parameters only: what could be data is not repeated.
    private static string Printable(string name) =>
        name.Length <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':' or '.' or '*') ? name : "…";
}

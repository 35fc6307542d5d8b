namespace Record.Core.Fhir;

/// <summary>One condition: <c>name:modifier=a,b</c>; the values are alternatives.</summary>
public sealed record SearchCondition(string Name, string? Modifier, IReadOnlyList<string> Values);

/// <summary>A search of one type. https://hl7.org/fhir/R4/search.html</summary>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Conditions">All must hold.</param>
/// <param name="Count">Matches a page, 0 to 1000; 0 counts only.</param>
/// <param name="Sort">Search parameter to sort by, <c>-</c> before it for newest or last first; null sorts by id.</param>
/// <param name="After">Where the page before ended; null for the first.</param>
/// <param name="WithTotal">Whether to count all matches.</param>
/// <param name="Text">The question as asked, for audit.</param>
public sealed record SearchQuery(
    string Type, IReadOnlyList<SearchCondition> Conditions, int Count, string? Sort, string? After, bool WithTotal, string Text)
{
    private static readonly HashSet<string> Controls =
        ["_count", "_sort", "_total", "_format", "_pretty", "_summary", "_elements", "_include", "_revinclude", "_after"];

    /// <summary>Reads a query from the parameters of a request. Refuses by name what is not searched here.</summary>
    public static Result<SearchQuery> Parse(string type, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var conditions = new List<SearchCondition>();
        var (count, total) = (50, true);
        string? sort = null, after = null;
        var all = parameters.ToList();
        foreach (var (key, value) in all)
        {
            switch (key)
            {
                case "_count" when !int.TryParse(value, out count) || count < 0: return FhirErrors.BadValue("_count");
                case "_sort": sort = value; break;
                case "_after": after = value; break;
                case "_total": total = value != "none"; break;
                case "_include" or "_revinclude" or "_elements": return FhirErrors.UnknownParameter(type, key);
                case "_summary": if (value == "count") count = 0; else if (value != "false") return FhirErrors.UnknownParameter(type, "_summary"); break;
            }

            if (Controls.Contains(key)) continue;
            var colon = key.IndexOf(':', StringComparison.Ordinal);
            conditions.Add(new(colon < 0 ? key : key[..colon], colon < 0 ? null : key[(colon + 1)..], Alternatives(value)));
        }

        var text = string.Join('&', all.Select(p => $"{p.Key}={p.Value}"));
        return new SearchQuery(type, conditions, Math.Min(count, 1000), sort, after, total, text);
    }

    // A comma separates alternatives; \, is a comma.
    private static List<string> Alternatives(string value)
    {
        var parts = new List<string>();
        var part = new System.Text.StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length) part.Append(value[++i]);
            else if (value[i] == ',')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else part.Append(value[i]);
        }

        parts.Add(part.ToString());
        return parts;
    }
}

/// <summary>One page of matches.</summary>
/// <param name="Matches">The resources, in order.</param>
/// <param name="Total">How many match in all, if asked.</param>
/// <param name="Next">Where the next page starts; null if this is the last.</param>
public sealed record SearchPage(IReadOnlyList<StoredResource> Matches, long? Total, string? Next);

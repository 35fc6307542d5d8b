namespace Record.Core.Fhir;

/// <summary>What a client wants to know of the number of matches.</summary>
internal enum SearchTotal
{
    /// <summary>Not said: the number if it is at most <see cref="SearchQuery.CheapTotal"/>.</summary>
    Cheap,

    /// <summary>None.</summary>
    None,

    /// <summary>Exact, whatever it costs.</summary>
    Accurate,
}

/// <summary>A search of one type, or of the whole record. https://hl7.org/fhir/R4/search.html</summary>
public sealed record SearchQuery
{
    /// <summary>Up to here matches are counted unasked.</summary>
    internal const int CheapTotal = 1000;

    internal SearchQuery()
    {
    }

    /// <summary>FHIR resource type; empty for the whole record.</summary>
    public required string Type { get; init; }

    /// <summary>Matches a page, 0 to 1000; 0 counts only.</summary>
    public int Count { get; init; }

    /// <summary><c>_summary</c> as given, for whoever renders the matches.</summary>
    public string? Summary { get; init; }

    /// <summary><c>_elements</c> as given, for whoever renders the matches.</summary>
    public IReadOnlyList<string> Elements { get; init; } = [];

    /// <summary>Whether anything restricts the matches.</summary>
    public bool HasCriteria => Criteria.Count > 0;

    /// <summary>What was left out or limited.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The parameters that were understood, for the link to itself.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Used { get; init; } = [];

    /// <summary>The question as asked, for audit.</summary>
    public string Text { get; init; } = "";

    internal SearchOptions Options { get; init; } = new();

    internal IReadOnlyList<string> Types { get; init; } = [];

    internal IReadOnlyList<Criterion> Criteria { get; init; } = [];

    internal IReadOnlyList<SearchSort> Sort { get; init; } = [];

    internal IReadOnlyList<SearchInclude> Includes { get; init; } = [];

    internal SearchTotal Total { get; init; }

    internal bool Person { get; init; }

    internal string? Page { get; init; }

    /// <summary>Reads a question. Every fault is named by its parameter, never by its value.</summary>
    /// <param name="type">FHIR resource type; null or empty for the whole record.</param>
    /// <param name="parameters">Names and values, decoded.</param>
    /// <param name="options">How to read them.</param>
    public static Result<SearchQuery> Parse(string? type, IEnumerable<KeyValuePair<string, string>> parameters, SearchOptions options) =>
        new SearchQueryReader(type ?? "", options).Read([.. parameters]);

    /// <summary>Reads a question of our own, or of a conditional interaction: what is not understood is refused.</summary>
    public static Result<SearchQuery> Parse(string? type, IEnumerable<KeyValuePair<string, string>> parameters) =>
        Parse(type, parameters, new SearchOptions { Strict = true });
}

/// <summary>One page of matches.</summary>
/// <param name="Matches">The resources, in order.</param>
public sealed record SearchPage(IReadOnlyList<StoredResource> Matches)
{
    /// <summary>What the matches refer to, or what refers to them, as asked; each once.</summary>
    public IReadOnlyList<StoredResource> Included { get; init; } = [];

    /// <summary>How many matched when the first page was made; null if that was not counted.</summary>
    public long? Total { get; init; }

    /// <summary>Whether the statement that found them wrote the audit row too.</summary>
    internal bool IsRecorded { get; init; }

    /// <summary>Where the next page starts; null if this is the last. Holds nothing that can be read.</summary>
    public string? Next { get; init; }

    /// <summary>Whether the next page needs the whole question again, which was too long to be kept in <see cref="Next"/>.</summary>
    public bool NextNeedsQuestion { get; init; }

    /// <summary>What to tell beside the matches.</summary>
    public IReadOnlyList<SearchNote> Notes { get; init; } = [];

    /// <summary>The question that was answered; of a further page, the one of the first.</summary>
    public required SearchQuery Query { get; init; }
}

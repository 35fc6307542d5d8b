namespace Record.Core.Fhir;

/// <summary>What compiling a question needs to know beside the question.</summary>
internal sealed class SearchContext
{
    private readonly Dictionary<string, int> systems = new(StringComparer.Ordinal);

    /// <summary>Who asks.</summary>
    public required Access Access { get; init; }

    /// <summary>What they may see.</summary>
    public required Sight Sight { get; init; }

    /// <summary>Numbers of parameters.</summary>
    public required SearchNumberSql Numbers { get; init; }

    /// <summary>When the question is asked.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Units that values have been written in.</summary>
    public IReadOnlyCollection<string> Units { get; private set; } = [];

    /// <summary>Patients instead of those asked for: all source patients of the same persons.</summary>
    public IReadOnlyList<string>? Persons { get; set; }

    /// <summary>Whether nothing that is written meanwhile changes what was looked up: numbers once given stay.</summary>
    public bool IsSettled => Units.Count == 0 && !systems.ContainsValue(-1);

    /// <summary>A system's number; one that no row has if it was never seen.</summary>
    public int System(string uri) => systems.GetValueOrDefault(uri, -1);

    /// <summary>The condition that every resource in a statement must satisfy.</summary>
    public string Visible(SqlParameters bind, string alias) => $"not {alias}.deleted and {AccessSql.Visible(bind, Sight, Now, alias)}";

    /// <summary>Looks up the systems and units that the criteria name.</summary>
    public async ValueTask Load(IEnumerable<Criterion> criteria, CancellationToken cancellation)
    {
        await Numbers.Load(cancellation);
        foreach (var term in criteria.SelectMany(Terms))
        {
            if (term is SearchTerm.Number { System: SearchNumberSql.Ucum } && Units.Count == 0) Units = await Numbers.KnownUnits(cancellation);
            if (SystemOf(term) is { Length: > 0 } uri && !systems.ContainsKey(uri)) systems[uri] = await Numbers.FindSystemNumber(uri, cancellation) ?? -1;
        }
    }

    private static string? SystemOf(SearchTerm term) => term switch
    {
        SearchTerm.Token token => token.System,
        SearchTerm.Number number => number.System,
        _ => null,
    };

    private static IEnumerable<SearchTerm> Terms(Criterion criterion) => criterion switch
    {
        Criterion.Rows rows => rows.Terms.SelectMany(term => term is SearchTerm.Pair pair ? [pair.First, pair.Second] : new[] { term }),
        Criterion.Chain chain => Terms(chain.Inner),
        Criterion.Has has => Terms(has.Inner),
        Criterion.Not not => Terms(not.Of),
        Criterion.Any any => any.Of.SelectMany(Terms),
        Criterion.All all => all.Of.SelectMany(Terms),
        _ => [],
    };
}

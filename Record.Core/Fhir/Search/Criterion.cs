namespace Record.Core.Fhir;

/// <summary>How rows' texts are compared.</summary>
internal enum SearchMatch
{
    /// <summary>As the kind of the parameter says: strings from their begin, others whole.</summary>
    Plain,

    /// <summary>The very string.</summary>
    Exact,

    /// <summary>Anywhere in it.</summary>
    Contains,

    /// <summary>A uri above the one given.</summary>
    Above,

    /// <summary>A uri below the one given.</summary>
    Below,
}

/// <summary>What a resource must satisfy.</summary>
internal abstract record Criterion
{
    /// <summary>One of the parameters has one of the values.</summary>
    public sealed record Rows(IReadOnlyList<SearchParameter> Parameters, SearchForm Form, SearchMatch How, IReadOnlyList<SearchTerm> Terms) : Criterion;

    /// <summary>One of the parameters has any value.</summary>
    public sealed record Present(IReadOnlyList<SearchParameter> Parameters) : Criterion;

    /// <summary>The resource is about one of these patients.</summary>
    public sealed record OwnPatient(IReadOnlyList<string> Ids) : Criterion;

    /// <summary>The resource is about a patient.</summary>
    public sealed record AnyPatient : Criterion;

    /// <summary>Its id is one of these.</summary>
    public sealed record Id(IReadOnlyList<string> Ids) : Criterion;

    /// <summary>It was last written at one of these times.</summary>
    public sealed record Updated(IReadOnlyList<SearchTerm.Date> Terms) : Criterion;

    /// <summary>Its text holds all words of one of these phrases.</summary>
    public sealed record Words(IReadOnlyList<string> Phrases, bool Narrative) : Criterion;

    /// <summary>The resource that a parameter refers to satisfies something.</summary>
    public sealed record Chain(SearchParameter Reference, string Target, Criterion Inner) : Criterion;

    /// <summary>A resource of another type that refers to it satisfies something.</summary>
    public sealed record Has(string Type, SearchParameter Reference, Criterion Inner) : Criterion;

    /// <summary>Not so.</summary>
    public sealed record Not(Criterion Of) : Criterion;

    /// <summary>At least one.</summary>
    public sealed record Any(IReadOnlyList<Criterion> Of) : Criterion;

    /// <summary>All.</summary>
    public sealed record All(IReadOnlyList<Criterion> Of) : Criterion;

    /// <summary>One, or any of several.</summary>
    public static Criterion AnyOf(IReadOnlyList<Criterion> several) => several.Count == 1 ? several[0] : new Any(several);
}

namespace Record.Core.Fhir;

/// <summary>A parameter itself, or what one of its modifiers asks; each has a number of its own.</summary>
internal enum SearchForm
{
    /// <summary>The parameter.</summary>
    Plain,

    /// <summary><c>name:text</c>: the words beside a code.</summary>
    Text,

    /// <summary><c>name:of-type</c>: an identifier with its type.</summary>
    OfType,

    /// <summary><c>name:identifier</c>: the identifier of a logical reference.</summary>
    Identifier,
}

/// <summary>One indexed value of one search parameter of one resource. https://hl7.org/fhir/R4/search.html</summary>
/// <param name="Parameter">The search parameter.</param>
/// <param name="Form">Which of its forms.</param>
internal readonly record struct SearchValue(SearchParameter Parameter, SearchForm Form)
{
    /// <summary>Code of a token, folded string, <c>Type/id</c> of a reference, a uri, code of a unit.</summary>
    public string? Value { get; init; }

    /// <summary>System of a token or quantity.</summary>
    public string? System { get; init; }

    /// <summary>A number, or a quantity's value.</summary>
    public decimal? Number { get; init; }

    /// <summary>Begin of a date's range; of a token or reference, the date by which the resource is sorted.</summary>
    public DateTimeOffset? Low { get; init; }

    /// <summary>End of a date's range, exclusive.</summary>
    public DateTimeOffset? High { get; init; }
}

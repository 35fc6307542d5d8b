namespace Record.Core.Fhir;

/// <summary>One indexed value of one search parameter of one resource. https://hl7.org/fhir/R4/search.html</summary>
/// <param name="Parameter">Name of the search parameter.</param>
internal sealed record SearchValue(string Parameter)
{
    /// <summary>Code of a token, folded string, <c>Type/id</c> of a reference, a uri.</summary>
    public string? Value { get; init; }

    /// <summary>System of a token or quantity.</summary>
    public string? System { get; init; }

    /// <summary>Begin of a date's range.</summary>
    public DateTimeOffset? Low { get; init; }

    /// <summary>End of a date's range, exclusive.</summary>
    public DateTimeOffset? High { get; init; }

    /// <summary>A number, or a quantity's value.</summary>
    public decimal? Number { get; init; }

    /// <summary>Upper end of a range of numbers.</summary>
    public decimal? NumberHigh { get; init; }
}

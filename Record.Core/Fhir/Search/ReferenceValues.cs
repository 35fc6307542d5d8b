namespace Record.Core.Fhir;

/// <summary>Reads values of reference parameters. https://hl7.org/fhir/R4/search.html#reference</summary>
internal static class ReferenceValues
{
    /// <summary>The criterion that a reference parameter's values make.</summary>
    public static Result<Criterion> Read(List<SearchParameter> parameters, string? modifier, string key, string value, SearchOptions options)
    {
        var type = parameters[0].Resource;
        var values = SearchEscapes.Split(value, ',');
        if (modifier == "identifier")
        {
            var tokens = values.ConvertAll(SearchTerms.Token);
            return tokens.Contains(null) ? FhirErrors.BadValue(key) : new Criterion.Rows(Plain(parameters), SearchForm.Identifier, SearchMatch.Plain, [.. tokens.OfType<SearchTerm>()]);
        }

        if (modifier is not null && (!SearchParameters.IsResourceType(modifier) || !CriterionReader.Targets(parameters[0]).Contains(modifier)))
            return SearchErrors.UnknownModifier(type, key);
        var addresses = new List<string>();
        foreach (var one in values)
        {
            var before = addresses.Count;
            addresses.AddRange(Addresses(modifier is null ? CriterionReader.Targets(parameters[0]) : [modifier], one, options));
            if (addresses.Count == before) return FhirErrors.BadValue(key);
        }

        return Result<Criterion>.Of(Criterion.AnyOf([.. Criteria(parameters, addresses.Distinct().ToList())]));
    }

    /// <summary>How a value may stand in the index; empty if it cannot be understood.</summary>
    public static IEnumerable<string> Addresses(IEnumerable<string> targets, string value, SearchOptions options)
    {
        var text = SearchText.Cut(SearchText.Relative(SearchEscapes.Unescape(value)));
        if (text.Length == 0 || text.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0) return [];
        if (options.Base is { } here && text.StartsWith(here + "/", StringComparison.Ordinal)) return [text[(here.Length + 1)..], text];
        if (text.Contains(':', StringComparison.Ordinal)) return [text];
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) return slash > 0 && slash < text.Length - 1 ? [text] : [];
        return targets.Select(target => $"{target}/{text}");
    }

    // A resource's own patient has no row: it is asked by its column.
    private static IEnumerable<Criterion> Criteria(List<SearchParameter> parameters, List<string> addresses)
    {
        var terms = addresses.ConvertAll(address => (SearchTerm)new SearchTerm.Address(address));
        if (!parameters.Exists(p => p.IsPatient))
        {
            yield return new Criterion.Rows(Plain(parameters), SearchForm.Plain, SearchMatch.Plain, terms);
            yield break;
        }

        var patients = addresses.Where(a => a.StartsWith("Patient/", StringComparison.Ordinal)).Select(a => a[8..]).ToList();
        if (patients.Count > 0) yield return new Criterion.OwnPatient(patients);
        if (Repetition.HoldsOnlyOwnPatient(parameters[0])) terms.RemoveAll(t => t is SearchTerm.Address { Value: var address } && address.StartsWith("Patient/", StringComparison.Ordinal));
        if (terms.Count > 0) yield return new Criterion.Rows(Plain(parameters), SearchForm.Plain, SearchMatch.Plain, terms);
    }

    private static List<SearchParameter> Plain(IEnumerable<SearchParameter> parameters) =>
        [.. parameters.SelectMany(p => p.UnionOf.Count > 0 ? Plain(p.UnionOf) : [p])];
}

using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Reads criteria of one type, or of several together. https://hl7.org/fhir/R4/search.html</summary>
/// <param name="types">The types that are searched.</param>
/// <param name="options">How the question is to be read.</param>
internal sealed class CriterionReader(IReadOnlyList<string> types, SearchOptions options)
{
    private const int Deepest = 8;

    private static readonly HashSet<string> NotOffered = ["_filter", "_query", "_list", "_contained", "_containedType", "_score"];

    /// <summary>A parameter of a question; UnknownParameter for what is no search parameter of these types.</summary>
    public Result<Criterion> Read(string key, string value) => Read(key, value, 0);

    private string Type => types.Count == 1 ? types[0] : "The whole record";

    private Result<Criterion> Read(string key, string value, int depth)
    {
        if (depth > Deepest) return SearchErrors.TooDeep;
        if (key.StartsWith("_has:", StringComparison.Ordinal)) return Has(key, value, depth);
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0) return Chain(key[..dot], key[(dot + 1)..], key, value, depth);
        var (name, modifier) = Cut(key);
        if (NotOffered.Contains(name)) return SearchErrors.NotOffered(name);
        if (value.Length == 0) return FhirErrors.BadValue(key);
        if (name is "_id" or "_lastUpdated" or "_text" or "_content") return modifier is null ? OfEveryResource(name, value) : SearchErrors.UnknownModifier(Type, key);
        var parameters = Find(name);
        return parameters.Count == 0 ? FhirErrors.UnknownParameter(Type, key) : Values(parameters, modifier, key, value);
    }

    private List<SearchParameter> Find(string name)
    {
        var found = types.Select(type => SearchParameters.Of(type).GetValueOrDefault(name)).OfType<SearchParameter>().ToList();
        return found.Count == types.Count ? found : [];
    }

    private static Result<Criterion> OfEveryResource(string name, string value)
    {
        var alternatives = SearchEscapes.Split(value, ',');
        if (name == "_lastUpdated")
        {
            var dates = alternatives.ConvertAll(SearchTerms.Date);
            return dates.Contains(null) ? FhirErrors.BadValue(name) : new Criterion.Updated([.. dates.OfType<SearchTerm.Date>()]);
        }

        var texts = alternatives.ConvertAll(SearchEscapes.Unescape);
        if (texts.Exists(string.IsNullOrWhiteSpace)) return FhirErrors.BadValue(name);
        return name == "_id" ? new Criterion.Id(texts) : new Criterion.Words(texts, name == "_text");
    }

    private Result<Criterion> Values(List<SearchParameter> parameters, string? modifier, string key, string value)
    {
        var one = parameters[0];
        if (modifier == "missing") return Missing(parameters, key, value);
        if (one.Type == SearchParamType.Composite) return modifier is null ? Composite(one, key, value) : SearchErrors.UnknownModifier(Type, key);
        if (one.Type == SearchParamType.Reference) return ReferenceValues.Read(parameters, modifier, key, value, options);
        if (one.Type == SearchParamType.Token && modifier is "in" or "not-in" or "above" or "below") return SearchErrors.NeedsTerminology(key);
        if (Form(one, modifier) is not var (form, how)) return SearchErrors.UnknownModifier(Type, key);

        var kind = form == SearchForm.Text ? SearchParamType.String : one.Type;
        var terms = SearchEscapes.Split(value, ',').ConvertAll(v => form == SearchForm.OfType ? SearchTerms.OfType(v) : SearchTerms.Read(kind, v));
        if (terms.Contains(null)) return FhirErrors.BadValue(key);
        var rows = new Criterion.Rows(Parts(parameters), form, how, [.. terms.OfType<SearchTerm>()]);
        return modifier == "not" ? new Criterion.Not(rows) : rows;
    }

    // What a modifier asks of a parameter of this kind; null where the two do not go together.
    private static (SearchForm, SearchMatch)? Form(SearchParameter parameter, string? modifier) => (parameter.Type, modifier) switch
    {
        (_, null) => (SearchForm.Plain, SearchMatch.Plain),
        (SearchParamType.Token, "not") => (SearchForm.Plain, SearchMatch.Plain),
        (SearchParamType.Token, "text") => (SearchForm.Text, SearchMatch.Plain),
        (SearchParamType.Token, "of-type") => (SearchForm.OfType, SearchMatch.Plain),
        (SearchParamType.String, "exact") => (SearchForm.Plain, SearchMatch.Exact),
        (SearchParamType.String, "contains") => (SearchForm.Plain, SearchMatch.Contains),
        (SearchParamType.Uri, "above") => (SearchForm.Plain, SearchMatch.Above),
        (SearchParamType.Uri, "below") => (SearchForm.Plain, SearchMatch.Below),
        _ => null,
    };

    private static Result<Criterion> Missing(List<SearchParameter> parameters, string key, string value)
    {
        if (value is not ("true" or "false")) return FhirErrors.BadValue(key);
        var present = Present(parameters);
        return value == "true" ? new Criterion.Not(present) : present;
    }

    private static Criterion Present(List<SearchParameter> parameters)
    {
        if (parameters[0].Components.Count > 0)
            return parameters[0] is { PairsInRows: true } pairs ? new Criterion.Present([pairs])
                : new Criterion.All([.. parameters[0].Components.Select(component => Present([component.Parameter]))]);
        Criterion rows = new Criterion.Present(Parts(parameters));
        return parameters.Exists(p => p.IsPatient) ? new Criterion.Any([new Criterion.AnyPatient(), rows]) : rows;
    }

    /// <summary>The parameters under which the rows stand.</summary>
    private static List<SearchParameter> Parts(IEnumerable<SearchParameter> parameters) =>
        [.. parameters.SelectMany(p => p.UnionOf.Count > 0 ? Parts(p.UnionOf) : [p])];

    private Result<Criterion> Composite(SearchParameter parameter, string key, string value)
    {
        var all = new List<Criterion>();
        foreach (var text in SearchEscapes.Split(value, ','))
        {
            var parts = SearchEscapes.Split(text, '$');
            if (Composite(parameter, parts) is not { } one) return FhirErrors.BadValue(key);
            all.Add(one);
        }

        return Result<Criterion>.Of(Criterion.AnyOf(all));
    }

    private Criterion? Composite(SearchParameter parameter, List<string> parts)
    {
        if (parameter.UnionOf.Count > 0)
        {
            var either = parameter.UnionOf.Select(part => Composite(part, parts)).OfType<Criterion>().ToList();
            return either.Count > 0 ? Criterion.AnyOf(either) : null;
        }

        if (parts.Count != parameter.Components.Count) return null;
        if (parameter.PairsInRows) return Pair(parameter, parts);
        var both = new List<Criterion>();
        foreach (var (component, text) in parameter.Components.Zip(parts))
        {
            if (text.Length == 0 || !Values([component.Parameter], null, parameter.Name, text).TryGet(out var one, out _)) return null;
            both.Add(one);
        }

        return new Criterion.All(both);
    }

    private Criterion.Rows? Pair(SearchParameter parameter, List<string> parts)
    {
        var second = parameter.Components[1].Parameter;
        if (SearchTerms.Token(parts[0]) is not { Code: not null } first) return null;
        var terms = second.Type == SearchParamType.Reference
            ? ReferenceValues.Addresses(Targets(second), parts[1], options).Select(address => (SearchTerm?)new SearchTerm.Address(address))
            : [SearchTerms.Read(second.Type, parts[1])];
        var pairs = terms.OfType<SearchTerm>().Select(term => new SearchTerm.Pair(first, term)).ToList();
        return pairs.Count == 0 ? null : new([parameter], SearchForm.Plain, SearchMatch.Plain, pairs);
    }

    // subject:Patient.family: each type that the reference may point to and that knows the rest is asked.
    private Result<Criterion> Chain(string link, string rest, string key, string value, int depth)
    {
        var (name, only) = Cut(link);
        var parameters = Find(name);
        if (parameters.Count == 0 || parameters[0].Type != SearchParamType.Reference) return FhirErrors.UnknownParameter(Type, key);
        if (only is not null && !SearchParameters.IsResourceType(only)) return SearchErrors.UnknownModifier(Type, key);
        var found = new List<Criterion>();
        RecordError error = FhirErrors.UnknownParameter(Type, key);
        foreach (var parameter in parameters)
            foreach (var target in Targets(parameter).Where(target => only is null || target == only))
            {
                if (new CriterionReader([target], options).Read(rest, value, depth + 1).TryGet(out var inner, out var problem)) found.Add(new Criterion.Chain(parameter, target, inner));
                else if (problem.Code != FhirErrors.UnknownParameter("", "").Code) error = Named(problem, key);
            }

        return found.Count > 0 ? Result<Criterion>.Of(Criterion.AnyOf(found)) : error;
    }

    /// <summary>The types that a reference may point to.</summary>
    internal static IEnumerable<string> Targets(SearchParameter parameter) =>
        parameter.Targets.Count == 0 || parameter.Targets.Contains("Resource") ? SearchParameters.ResourceTypes : parameter.Targets;

    // _has:Observation:patient:code=1234
    private Result<Criterion> Has(string key, string value, int depth)
    {
        var parts = key.Split(':', 4);
        if (parts.Length < 4 || types.Count != 1 || !SearchParameters.IsResourceType(parts[1])
            || !SearchParameters.Of(parts[1]).TryGetValue(parts[2], out var reference) || reference.Type != SearchParamType.Reference
            || !Targets(reference).Contains(types[0])) return FhirErrors.UnknownParameter(Type, key);
        var inner = new CriterionReader([parts[1]], options).Read(parts[3], value, depth + 1);
        if (!inner.TryGet(out var of, out var problem)) return Named(problem, key);
        return Result<Criterion>.Of(Criterion.AnyOf([.. Parts([reference]).Select(part => new Criterion.Has(parts[1], part, of))]));
    }

    private RecordError Named(RecordError problem, string key) =>
        problem.Code == FhirErrors.UnknownParameter("", "").Code ? FhirErrors.UnknownParameter(Type, key)
        : problem.Code == FhirErrors.BadValue("").Code ? FhirErrors.BadValue(key) : problem;

    private static (string Name, string? Modifier) Cut(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (key, null) : (key[..colon], key[(colon + 1)..]);
    }
}

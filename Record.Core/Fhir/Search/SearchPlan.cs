using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>In which order a question is answered, and whether along one patient's part of an index.</summary>
/// <param name="Sort">The keys of the order; none is by number.</param>
/// <param name="Range">The part of the index, if one serves.</param>
internal sealed record SearchPlan(IReadOnlyList<SearchSort> Sort, PatientRange? Range)
{
    /// <summary>Whether a resource may change its place.</summary>
    public bool MayMove => Sort.Any(key => !key.IsFixed);

    /// <summary>The plan of a question.</summary>
    public static SearchPlan Of(SearchQuery query, SearchContext context)
    {
        if (PatientRange.Of(query, context) is { } range) return new([new(range.Date.Name, [range.Date], range.Descending)], range);
        return query.Sort.Count == 0 && query.Criteria.Count == 0 && query.Types.Count == 1 ? new([new("_id", [], false)], null) : new(query.Sort, null);
    }
}

/// <summary>
/// One patient's resources of a type in the order of their date, from the index of that patient's values: as fast for
/// a hundred thousand events as for a hundred.
/// </summary>
/// <param name="Patient">Id of the patient.</param>
/// <param name="Leaf">The one code or reference that all have; null if they are walked by their date alone.</param>
/// <param name="Date">The type's sort date, of which a resource has at most one.</param>
/// <param name="Descending">Newest first.</param>
internal sealed record PatientRange(string Patient, Criterion.Rows? Leaf, SearchParameter Date, bool Descending)
{
    /// <summary>The range that serves a question, if one does.</summary>
    public static PatientRange? Of(SearchQuery query, SearchContext context)
    {
        if (query.Types.Count != 1 || query.Criteria.OfType<Criterion.OwnPatient>().ToList() is not [var own] || (context.Persons ?? own.Ids) is not [var patient]) return null;
        if (SearchParameters.SortDate(query.Type) is not { } date || !Repetition.IsSingle(date)) return null;
        var leaf = query.Criteria.OfType<Criterion.Rows>().Where(IsOneValue).MaxBy(Rank);
        return query.Sort switch
        {
            [] => leaf is not null || query.Criteria.Any(criterion => IsOn(criterion, date)) ? new(patient, leaf, date, false) : null,
            [{ Parameters: [var by] } key] when by == date => new(patient, leaf, date, key.Descending),
            _ => null,
        };
    }

    /// <summary>Whether a criterion is one test of this date.</summary>
    public static bool IsOn(Criterion criterion, SearchParameter date) => criterion is Criterion.Rows { Parameters: [var of], Terms: [SearchTerm.Date] } && of == date;

    private static bool IsOneValue(Criterion.Rows rows) => rows is { Parameters: [var parameter], Form: SearchForm.Plain, How: SearchMatch.Plain, Terms: [var term] } && parameter.ByPatient(SearchForm.Plain) && term switch
    {
        SearchTerm.Token { Code: not null } token => parameter.Type == SearchParamType.Token && token.System != "" && (token.System is null || !ImpliedSystem.Of(parameter).Contains(token.System)),
        SearchTerm.Address address => parameter.Type == SearchParamType.Reference && !address.Value.Contains("://", StringComparison.Ordinal),
        _ => false,
    };

    // What few resources of a patient have comes first.
    private static int Rank(Criterion.Rows rows) => rows.Parameters[0] switch
    {
        { Name: "identifier" } => 3,
        { Name: "code" } => 2,
        { Type: SearchParamType.Reference } => 1,
        _ => 0,
    };
}

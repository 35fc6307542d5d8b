using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Which questions ask where a person is, and which ask only who somebody is.</summary>
internal static class Whereabouts
{
    private static readonly string[] People = ["Patient", "Person", "RelatedPerson"];

    private static readonly string[] Names = ["name", "family", "given", "phonetic"];

    /// <summary>Whether a parameter says where a person lives, how they are reached or who looks after them.</summary>
    public static bool Tells(SearchParameter parameter) => People.Contains(parameter.Resource)
        && (parameter.Name is "_security" or "phone" or "email" or "telecom" or "general-practitioner" or "organization" || parameter.Name.StartsWith("address", StringComparison.Ordinal));

    /// <summary>Whether a criterion asks where a person is: also words, which stand in an address as well.</summary>
    public static bool Asks(Criterion criterion, IReadOnlyList<string> types) => criterion switch
    {
        Criterion.Rows rows => rows.Parameters.Any(Tells),
        Criterion.Present present => present.Parameters.Any(Tells),
        Criterion.Chain chain => Tells(chain.Reference) || chain.Reference.UnionOf.Any(Tells),
        Criterion.Words => types.Any(type => People.Contains(type)),
        _ => false,
    };

    /// <summary>Whether a question looks for a person by who it is: by a name, an NHS number or an id, and nothing that only the record says.</summary>
    public static bool Finds(SearchQuery query) =>
        query.Types is ["Patient"] && query.Criteria.Any(Identifies) && query.Criteria.All(IsIdentity) && query.Sort.All(IsIdentity);

    private static bool Identifies(Criterion criterion) => criterion switch
    {
        Criterion.Id => true,
        Criterion.Rows { Parameters: [var parameter], Form: SearchForm.Plain } rows => Names.Contains(parameter.Name) || IsNhsNumber(rows, parameter),
        _ => false,
    };

    private static bool IsIdentity(Criterion criterion) => Identifies(criterion) || criterion switch
    {
        Criterion.Rows { Parameters: [{ Name: "birthdate" or "gender" }], Form: SearchForm.Plain } => true,
        Criterion.Updated => true,
        _ => false,
    };

    private static bool IsIdentity(SearchSort sort) => sort.Name is "_id" or "_lastUpdated" || sort.Parameters.All(p => Names.Contains(p.Name) || p.Name is "birthdate" or "gender");

    private static bool IsNhsNumber(Criterion.Rows rows, SearchParameter parameter) =>
        parameter is { Name: "identifier", Type: SearchParamType.Token } && rows.Terms.All(term => term is SearchTerm.Token { System: Feeds.Mapping.Systems.NhsNumber, Code: not null });
}

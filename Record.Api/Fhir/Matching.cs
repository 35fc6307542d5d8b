using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>The one resource that criteria select, or none.</summary>
/// <param name="Id">Its id; null if none matches.</param>
internal readonly record struct Match(string? Id);

/// <summary>Criteria of conditional interactions: they select one resource or none, and an unknown parameter is never passed over.</summary>
internal static class Matching
{
    public static async Task<Result<Match>> One(RecordTransaction transaction, FhirRequest request, string type, string criteria, CancellationToken cancellation)
    {
        var parameters = FhirRoute.Parameters(criteria[(criteria.IndexOf('?', StringComparison.Ordinal) + 1)..]).FindAll(parameter => parameter.Key is not ("_format" or "_pretty"));
        if (parameters.Count == 0 || parameters.TrueForAll(parameter => parameter.Value.Length == 0)) return FhirRequestErrors.NoCriteria;
        if (request.Scopes is { Everything: false } && request.Scopes.ReachOf(type, ScopeActions.Search) != Reach.Everybody) return ScopeErrors.NotCovered(type, ScopeActions.Search);
        if (!ScopedQuestion.Narrow(request, type, parameters).TryGet(out _, out var uncovered)) return uncovered;
        if (!SearchQuery.Parse(type, parameters, new SearchOptions { Strict = true, Base = request.Base }).TryGet(out var query, out var error)) return error;
        if (!query.HasCriteria) return FhirRequestErrors.NoCriteria;
        var found = await transaction.Match(query, 2, cancellation);
        if (!found.TryGet(out var ids, out error)) return error;
        return ids.Count switch { 0 => default(Match), 1 => new Match(ids[0]), _ => FhirRequestErrors.SeveralMatch };
    }

    /// <summary>The criteria of a request: what stands after its question mark.</summary>
    public static string CriteriaOf(FhirRequest request) => request.Query;
}

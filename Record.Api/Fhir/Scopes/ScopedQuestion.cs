using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>Keeps a search within the scopes of its token: its criteria, its chains, and what comes with it.</summary>
internal static class ScopedQuestion
{
    /// <summary>The parameters of a search of <paramref name="type"/>, narrowed to the patient where the scopes reach only one.</summary>
    public static Result<IReadOnlyList<KeyValuePair<string, string>>> Narrow(FhirRequest request, string type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (request.Scopes.Everything) return Result<IReadOnlyList<KeyValuePair<string, string>>>.Of(parameters);
        var one = type.Length > 0 && request.Scopes.ReachOf(type, ScopeActions.Search) == Reach.OnePatient;
        foreach (var (key, _) in parameters)
        {
            if (Chain(request, key) is { } error) return error;
            if (one && key == "_person") return ScopeErrors.OnePatient;
        }

        if (!one || OnePatient.IsOpen(type)) return Result<IReadOnlyList<KeyValuePair<string, string>>>.Of(parameters);
        return OnePatient.Condition(type, request.Scopes.Patient!) is { } condition ? Result<IReadOnlyList<KeyValuePair<string, string>>>.Of([.. parameters, condition]) : ScopeErrors.OnePatient;
    }

    /// <summary>The page without what the scopes do not cover; an error if it holds matches that they do not.</summary>
    public static Result<SearchPage> Within(FhirRequest request, SearchPage page)
    {
        if (request.Scopes.Everything) return page;
        if (page.Query.Used.Select(used => Chain(request, used.Key)).FirstOrDefault(error => error is not null) is { } wrong) return wrong;
        if (page.Matches.Any(match => !Matches(request, match))) return ScopeErrors.OnePatient; // a page of somebody else's search
        return page with { Included = [.. page.Included.Where(included => OnePatient.Shows(request, included))] };
    }

    private static bool Matches(FhirRequest request, StoredResource match) => request.Scopes.ReachOf(match.Type, ScopeActions.Search) switch
    {
        Reach.Everybody => true,
        Reach.OnePatient => OnePatient.IsOpen(match.Type) || match.Patient == request.Scopes.Patient,
        _ => false,
    };

    // patient:Patient.name, _has:Condition:patient:code: every type on the way must be one that may be searched.
    private static RecordError? Chain(FhirRequest request, string key)
    {
        var steps = key.Split('.');
        for (var i = 0; i < steps.Length; i++)
        {
            var parts = steps[i].Split(':');
            for (var j = 0; j + 1 < parts.Length; j++)
                if (parts[j] == "_has" && Hop(request, parts[j + 1]) is { } error) return error;
            if (i == steps.Length - 1 || parts[0] == "_has") continue;
            if (parts.Length < 2) return ScopeErrors.NameTheChain;
            if (Hop(request, parts[^1]) is { } uncovered) return uncovered;
        }

        return null;
    }

    private static RecordError? Hop(FhirRequest request, string type) =>
        OnePatient.IsOpen(type) && request.Scopes.ReachOf(type, ScopeActions.Search) != Reach.None || request.Scopes.ReachOf(type, ScopeActions.Search) == Reach.Everybody ? null : ScopeErrors.NameTheChain;
}

using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>The part of the record that an app sees that was launched in the context of one patient.</summary>
internal static class OnePatient
{
    /// <summary>Whether resources of this type are about nobody, and open to whoever is signed in.</summary>
    public static bool IsOpen(string type) => ResourceStore.IsAboutNobody(type);

    /// <summary>The criterion that keeps a search of this type to the patient; null if the type cannot be searched so.</summary>
    public static KeyValuePair<string, string>? Condition(string type, string patient)
    {
        if (type == "Patient") return new("_id", patient);
        return SearchParameters.Named(type).Any(named => named.Name == "patient") ? new("patient", $"Patient/{patient}") : null;
    }

    /// <summary>Whether a resource that is asked for by its id is the patient's: asked of the database, so that the audit says what was asked.</summary>
    public static async Task<bool> Owns(FhirRequest request, CancellationToken cancellation)
    {
        if (Condition(request.Type, request.Scopes.Patient!) is not { } condition) return false;
        if (!SearchQuery.Parse(request.Type, [condition, new("_id", request.Id), new("_count", "1")], SearchType.Options(request)).TryGet(out var query, out _)) return false;
        var found = await request.Services.Store.Search(request.Access, query, cancellation);
        return found.TryGet(out var page, out _) && page.Matches.Count == 1;
    }

    /// <summary>Whether a resource may be shown.</summary>
    public static bool Shows(FhirRequest request, StoredResource resource) => request.Scopes.ReachOf(resource.Type, ScopeActions.Read) switch
    {
        Reach.Everybody => true,
        Reach.OnePatient => IsOpen(resource.Type) || resource.Patient == request.Scopes.Patient,
        _ => request.Scopes.ReachOf(resource.Type, ScopeActions.Search) == Reach.Everybody,
    };
}

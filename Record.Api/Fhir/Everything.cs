using System.Text.Json;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>
/// Patient/$everything: the whole record of the person whom a source patient is, across all settings.
/// https://hl7.org/fhir/R4/patient-operation-everything.html
/// </summary>
internal static class Everything
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (await Scoped.Refused(request with { Type = "Patient" }, ScopeActions.Read, cancellation) is { } uncovered) return uncovered;
        if (!EverythingQuery.Parse(request.Id, Covered(request), SearchType.Options(request)).TryGet(out var query, out var error)) return error;
        var found = await request.Services.Store.Everything(request.Access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error;
        if (!request.Scopes.Everything) page = page with { Matches = [.. page.Matches.Where(match => request.Scopes.ReachOf(match.Type, ScopeActions.Read) != Reach.None)], Total = null };
        var address = $"{request.Base}/Patient/{request.Id}/$everything";
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("searchset", [.. page.Matches.Select(match => new BundleEntry { Resource = match, SearchMode = "match" }), .. SearchType.Notes(page.Notes)])
            {
                Total = page.Total,
                Links = page.Next is { } next ? [("self", address + request.Query), ("next", $"{address}?_page={next}")] : [("self", address + request.Query)],
            },
        };
    }

    // The types asked for that the scopes cover; where the scopes cover some types only, those.
    private static IReadOnlyList<KeyValuePair<string, string>> Covered(FhirRequest request)
    {
        if (request.Scopes.ReachOf("*", ScopeActions.Read) != Reach.None) return request.Parameters;
        var asked = request.Parameters.Where(parameter => parameter.Key == "_type").SelectMany(parameter => parameter.Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        var covered = request.Scopes.TypesFor(ScopeActions.Read).Where(type => asked.Count == 0 || asked.Contains(type));
        return [.. request.Parameters.Where(parameter => parameter.Key != "_type"), new("_type", string.Join(',', covered.DefaultIfEmpty("Patient")))];
    }

    /// <summary>The same by POST, with a Parameters resource or without a body.</summary>
    public static Task<Answer> Post(FhirRequest request, CancellationToken cancellation)
    {
        if (request.Body.IsEmpty) return Handle(request, cancellation);
        if (!FhirBody.Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return Task.FromResult<Answer>(error);
        using (document) return Handle(request with { Parameters = [.. request.Parameters, .. Named(document.RootElement)] }, cancellation);
    }

    private static List<KeyValuePair<string, string>> Named(JsonElement root)
    {
        var named = new List<KeyValuePair<string, string>>();
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("parameter"u8, out var parameters) || parameters.ValueKind != JsonValueKind.Array) return named;
        foreach (var parameter in parameters.EnumerateArray())
            if (FhirBody.Text(parameter, "name"u8) is { } name)
                foreach (var member in parameter.EnumerateObject())
                    if (member.Name.StartsWith("value", StringComparison.Ordinal)) named.Add(new(name, member.Value.ToString()));
        return named;
    }
}

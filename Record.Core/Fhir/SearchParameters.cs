using System.Collections.Concurrent;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>One search parameter of one type, with its path compiled.</summary>
internal sealed record SearchParameter(string Name, SearchParamType Type, SearchPath Path, IReadOnlyList<string> Targets);

/// <summary>R4's search parameters (the SDK's metadata) for which values are kept.</summary>
public static class SearchParameters
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, SearchParameter>> ByType = new();

    private static readonly HashSet<string> KeptElsewhere = ["_id", "_lastUpdated", "_text", "_content", "_query", "_filter", "_type"];

    /// <summary>The parameters of a type by name; empty for an unknown type.</summary>
    internal static IReadOnlyDictionary<string, SearchParameter> Of(string type) => ByType.GetOrAdd(type, Compile);

    /// <summary>Names and types of a type's parameters, by name.</summary>
    public static IEnumerable<(string Name, string Kind)> Named(string type) =>
        Of(type).Values.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, p.Type.ToString().ToLowerInvariant()));

    /// <summary>All resource types of R4.</summary>
    public static IEnumerable<string> ResourceTypes => ModelInfo.SupportedResources.Where(IsResourceType).Order(StringComparer.Ordinal);

    /// <summary>Whether R4 defines this resource type.</summary>
    public static bool IsResourceType(string type) => ModelInfo.IsKnownResource(type) && type is not ("Resource" or "DomainResource");

    private static Dictionary<string, SearchParameter> Compile(string type)
    {
        var parameters = new Dictionary<string, SearchParameter>(StringComparer.Ordinal);
        foreach (var definition in ModelInfo.SearchParameters)
        {
            if (definition.Resource != type && definition.Resource is not ("Resource" or "DomainResource")) continue;
            if (KeptElsewhere.Contains(definition.Name!) || definition.Type is SearchParamType.Composite or SearchParamType.Special) continue;
            if (definition.Expression is { } expression && SearchPath.Compile(expression, type) is { } path)
                parameters[definition.Name!] = new(definition.Name!, definition.Type, path, [.. (definition.Target ?? []).Select(t => t.ToString())]);
        }

        foreach (var (name, kind, path) in OfEveryResource)
            parameters[name] = new(name, kind, SearchPath.Compile($"{type}.meta.{path}", type)!, []);
        return parameters;
    }

    // https://hl7.org/fhir/R4/resource.html#search; the SDK's list leaves them out.
    private static readonly (string Name, SearchParamType Kind, string Path)[] OfEveryResource =
    [
        ("_tag", SearchParamType.Token, "tag"), ("_security", SearchParamType.Token, "security"),
        ("_profile", SearchParamType.Uri, "profile"), ("_source", SearchParamType.Uri, "source"),
    ];
}

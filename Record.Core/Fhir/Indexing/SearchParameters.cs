using System.Collections.Concurrent;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>R4's search parameters (the SDK's metadata) for which values are kept.</summary>
public static class SearchParameters
{
    private static readonly ConcurrentDictionary<string, TypeParameters> ByType = new();

    /// <summary>What the type's resource columns or its body answer; no values are kept for them.</summary>
    private static readonly HashSet<string> KeptElsewhere = ["_id", "_lastUpdated", "_text", "_content", "_query", "_filter", "_type"];

    // The date by which a type is sorted is the first of these that it has.
    private static readonly string[] SortDates =
    [
        "authoredon", "date", "effective", "occurrence", "period", "onset-date", "authored", "authored-on", "created", "recorded", "started", "start-date",
        "effective-time", "whenhandedover", "sent", "issued", "identified", "datetime", "datewritten", "collected", "start", "timestamp",
    ];

    /// <summary>The parameters of a type by name; empty for an unknown type.</summary>
    internal static IReadOnlyDictionary<string, SearchParameter> Of(string type) => Get(type).ByName;

    /// <summary>The date parameter whose begin stands in every row of a resource of this type; null if it has none.</summary>
    internal static SearchParameter? SortDate(string type) => Get(type).SortDate;

    /// <summary>All paths of a type's parameters as one tree.</summary>
    internal static SearchTree Tree(string type) => Get(type).Tree;

    /// <summary>Names and types of a type's parameters, by name.</summary>
    public static IEnumerable<(string Name, string Kind)> Named(string type) =>
        Of(type).Values.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, p.Type.ToString().ToLowerInvariant()));

    /// <summary>All resource types of R4.</summary>
    public static IEnumerable<string> ResourceTypes => ModelInfo.SupportedResources.Where(IsResourceType).Order(StringComparer.Ordinal);

    /// <summary>Whether R4 defines this resource type.</summary>
    public static bool IsResourceType(string type) => ModelInfo.IsKnownResource(type) && type is not ("Resource" or "DomainResource");

    private sealed record TypeParameters(IReadOnlyDictionary<string, SearchParameter> ByName, SearchParameter? SortDate, SearchTree Tree);

    private static TypeParameters Get(string type) => ByType.GetOrAdd(type, Compile);

    private static TypeParameters Compile(string type)
    {
        var byName = new Dictionary<string, SearchParameter>(StringComparer.Ordinal);
        var definitions = ModelInfo.SearchParameters.Where(d => d.Resource == type && !KeptElsewhere.Contains(d.Name!)).ToList();
        foreach (var definition in definitions.Where(d => d.Type is not SearchParamType.Composite))
            if (Paths(definition, type) is { Count: > 0 } paths)
                byName[definition.Name!] = new(type, definition.Name!, definition.Type, paths, Targets(definition)) { Url = definition.Url };
        foreach (var (name, kind, path) in OfEveryResource)
            byName[name] = new(type, name, kind, [new([new SearchStep.Child("meta"), new SearchStep.Child(path)])], []);
        foreach (var definition in definitions.Where(d => d.Type is SearchParamType.Composite).OrderBy(d => d.Name!.StartsWith("combo-", StringComparison.Ordinal)))
            if (Composites.Compile(definition, type, byName) is { } composite) byName[composite.Name] = composite;

        MarkPatients(byName);
        MarkUnions(byName);
        var tree = new SearchTree();
        foreach (var parameter in byName.Values.Where(p => p.UnionOf.Count == 0 && (p.Components.Count == 0 || p.PairsInRows)))
            foreach (var path in parameter.Paths) tree.Add(path, parameter);
        return new(byName, SortDates.Select(byName.GetValueOrDefault).FirstOrDefault(p => p?.Type == SearchParamType.Date), tree);
    }

    // «patient» is shared by types, some of which also take a Group; by that name only patients are asked.
    private static string[] Targets(SearchParamDefinition definition) =>
        definition.Name == "patient" ? ["Patient"] : [.. (definition.Target ?? []).Select(t => t.ToString())];

    private static List<SearchPath>? Paths(SearchParamDefinition definition, string type)
    {
        if (definition.Expression is not { Length: > 0 } expression) return null;
        // «deceased exists and is not false» is answered by both forms of the choice: the reader turns a date into true.
        if (expression.Contains("deceased.exists()", StringComparison.Ordinal)) expression = "Patient.deceased";
        return SearchPath.Parse(expression, type)?.Select(path => WithChoices(path, type)).ToList();
    }

    /// <summary>Marks the steps that name a choice (value[x]) without saying which type.</summary>
    internal static SearchPath WithChoices(SearchPath path, string type)
    {
        var mapping = ModelInfo.ModelInspector.FindClassMapping(type);
        var steps = new List<SearchStep>();
        foreach (var step in path.Steps)
        {
            var property = step is SearchStep.Child named ? mapping?.FindMappedElementByName(named.Name) : null;
            steps.Add(step is SearchStep.Child { Choice: null } child && property?.Choice == ChoiceType.DatatypeChoice ? child with { Choice = "*" } : step);
            if (step is SearchStep.Child of) mapping = Next(property, of.Choice);
        }

        return new(steps);
    }

    private static ClassMapping? Next(PropertyMapping? property, string? choice) =>
        choice is not null and not "*" ? ModelInfo.ModelInspector.FindClassMapping(choice)
        : property is null ? null : ModelInfo.ModelInspector.FindClassMapping(property.ImplementingType);

    private static void MarkPatients(Dictionary<string, SearchParameter> byName)
    {
        var patient = byName.GetValueOrDefault("patient");
        if (patient is { Type: SearchParamType.Reference }) patient.IsPatient = true;
        if (byName.GetValueOrDefault("subject") is not { Type: SearchParamType.Reference } subject) return;
        subject.IsPatient = patient is null ? subject.Targets.Contains("Patient") : subject.Paths.Select(Plain).SequenceEqual(patient.Paths.Select(Plain));
    }

    private static SearchPath Plain(SearchPath path) => new([.. path.Steps.Where(step => step is not SearchStep.Resolves)]);

    private static void MarkUnions(Dictionary<string, SearchParameter> byName)
    {
        foreach (var whole in byName.Values.Where(p => p.Paths.Count > 1 && p.Components.Count == 0))
        {
            var parts = byName.Values.Where(p => p != whole && p.Type == whole.Type && p.UnionOf.Count == 0 && p.Paths.Count < whole.Paths.Count && p.Paths.All(whole.Paths.Contains)).ToList();
            if (whole.Paths.All(path => parts.Any(part => part.Paths.Contains(path)))) whole.UnionOf = parts;
        }
    }

    // https://hl7.org/fhir/R4/resource.html#search; the SDK's list leaves them out.
    private static readonly (string Name, SearchParamType Kind, string Path)[] OfEveryResource =
    [
        ("_tag", SearchParamType.Token, "tag"), ("_security", SearchParamType.Token, "security"),
        ("_profile", SearchParamType.Uri, "profile"), ("_source", SearchParamType.Uri, "source"),
    ];
}

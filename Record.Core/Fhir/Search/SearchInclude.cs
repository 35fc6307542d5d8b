using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>What comes with the matches. https://hl7.org/fhir/R4/search.html#include</summary>
/// <param name="Source">The type that holds the reference.</param>
/// <param name="References">The parameters that are followed.</param>
/// <param name="Target">The only type followed to, if one.</param>
/// <param name="Reverse">From the target to those that refer to it.</param>
/// <param name="Iterate">Again from what was included.</param>
internal sealed record SearchInclude(string Source, IReadOnlyList<SearchParameter> References, string? Target, bool Reverse, bool Iterate)
{
    /// <summary>Reads <c>Type:parameter:Target</c>, <c>Type:*</c> or <c>*</c>; empty if it is none of them.</summary>
    public static IReadOnlyList<SearchInclude> Read(string type, string text, bool reverse, bool iterate)
    {
        if (text == "*") return All(reverse ? SearchParameters.ResourceTypes : [type], reverse ? type : null, reverse, iterate);
        var parts = text.Split(':');
        if (parts.Length is < 2 or > 3 || !SearchParameters.IsResourceType(parts[0])) return [];
        var target = parts.Length == 3 && parts[2].Length > 0 ? parts[2] : null;
        if (target is not null && !SearchParameters.IsResourceType(target)) return [];
        if (parts[1] == "*") return All([parts[0]], target, reverse, iterate);
        if (!SearchParameters.Of(parts[0]).TryGetValue(parts[1], out var reference) || reference.Type != SearchParamType.Reference) return [];
        return [new(parts[0], reference.UnionOf.Count > 0 ? reference.UnionOf : [reference], target, reverse, iterate)];
    }

    private static List<SearchInclude> All(IEnumerable<string> sources, string? target, bool reverse, bool iterate) =>
        [.. sources.Select(source => new SearchInclude(source, Followed(source, target), target, reverse, iterate)).Where(include => include.References.Count > 0)];

    private static List<SearchParameter> Followed(string source, string? target) =>
        [.. SearchParameters.Of(source).Values.Where(p => p.Type == SearchParamType.Reference && p.UnionOf.Count == 0 && (target is null || CriterionReader.Targets(p).Contains(target)))];
}

using System.Collections.Concurrent;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Whether a resource may have several values of a parameter: what can stand once only is searched along its index.</summary>
internal static class Repetition
{
    private static readonly ConcurrentDictionary<SearchParameter, bool> Known = new();

    /// <summary>Whether no element on the parameter's only path may repeat.</summary>
    public static bool IsSingle(SearchParameter parameter) => Known.GetOrAdd(parameter, static p => p.Paths.Count == 1 && p.UnionOf.Count == 0 && Single(p));

    /// <summary>Whether the parameter's value, if it is a patient, is always the resource's own.</summary>
    public static bool HoldsOnlyOwnPatient(SearchParameter parameter) => parameter.IsPatient && parameter.Resource != "Person" && IsSingle(parameter);

    private static bool Single(SearchParameter parameter)
    {
        var mapping = ModelInfo.ModelInspector.FindClassMapping(parameter.Resource);
        foreach (var step in parameter.Paths[0].Steps)
        {
            if (step is not SearchStep.Child child) continue;
            var property = mapping?.FindMappedElementByName(child.Name);
            if (property is null || property.IsCollection) return false;
            mapping = ModelInfo.ModelInspector.FindClassMapping(property.ImplementingType);
        }

        return true;
    }
}

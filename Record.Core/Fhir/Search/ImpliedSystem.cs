using System.Collections.Concurrent;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace Record.Core.Fhir;

/// <summary>The system that a bare code has by its element: Patient.gender is of http://hl7.org/fhir/administrative-gender.</summary>
internal static class ImpliedSystem
{
    private static readonly ConcurrentDictionary<SearchParameter, IReadOnlyList<string>> Known = new();

    private static readonly string[] SpecialValues = ["http://terminology.hl7.org/CodeSystem/special-values", "http://hl7.org/fhir/special-values"];

    /// <summary>The systems that values without one may be asked by.</summary>
    public static IReadOnlyList<string> Of(SearchParameter parameter) => Known.GetOrAdd(parameter, static p => [.. p.Paths.SelectMany(path => OfPath(p.Resource, path)).Distinct()]);

    private static string[] OfPath(string type, SearchPath path)
    {
        var mapping = ModelInfo.ModelInspector.FindClassMapping(type);
        PropertyMapping? property = null;
        foreach (var step in path.Steps.OfType<SearchStep.Child>())
        {
            property = mapping?.FindMappedElementByName(step.Name);
            if (property is null) return [];
            if (step.Choice == "Boolean") return SpecialValues;
            mapping = ModelInfo.ModelInspector.FindClassMapping(property.ImplementingType);
        }

        var kind = property?.ImplementingType;
        if (kind == typeof(FhirBoolean)) return SpecialValues;
        return kind is { IsGenericType: true } && kind.GenericTypeArguments[0] is { IsEnum: true } codes
            && Enum.GetValues(codes) is { Length: > 0 } values && ((Enum)values.GetValue(0)!).GetSystem() is { } system ? [system] : [];
    }
}

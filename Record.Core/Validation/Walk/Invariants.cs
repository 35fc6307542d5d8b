using System.Text.Json;
using Record.Core.FhirPath;
using Record.Core.Validation.Definitions;

namespace Record.Core.Validation.Walk;

/// <summary>The invariants of the StructureDefinitions, where their elements occur.</summary>
internal sealed partial class ResourceWalk
{
    private void CheckInvariants(JsonElement value, TypeRule type, ulong present)
    {
        foreach (var rule in type.Errors)
            if (!Keeps(rule, value, type, present)) Report(IssueSeverity.Error, "invariant", $"{rule.Human} ({rule.Key})");
        if (!everything) return;
        foreach (var rule in type.Warnings)
            if (!Keeps(rule, value, type, present)) Report(IssueSeverity.Warning, "invariant", $"{rule.Human} ({rule.Key})");
    }

    private void CheckElementInvariants(JsonElement value, Property property)
    {
        foreach (var rule in property.Element.Invariants)
            if (!Keeps(rule, value, property.Type, 0)) Report(IssueSeverity.Error, "invariant", $"{rule.Human} ({rule.Key})");
    }

    /// <summary>By presence if that decides; else in C#; else by FHIRPath.</summary>
    private bool Keeps(Invariant rule, JsonElement value, TypeRule type, ulong present) =>
        rule.Presence?.Decide(present) ?? rule.Native?.Invoke(value) ?? Evaluate(rule, value, type);

    /// <summary>What cannot be compared (a year with a day in it, units that differ) breaks no rule.</summary>
    private bool Evaluate(Invariant rule, JsonElement value, TypeRule type)
    {
        var context = type.IsResource ? FhirPathNode.OfResource(value) : FhirPathNode.OfElement(value, null, type.Name);
        try
        {
            return rule.Compiled.Decide(context, FhirPathNode.OfResource(resource)) ?? rule.Compares;
        }
        catch (FhirPathException)
        {
            return issues is not null; // what is broken otherwise need not be countable
        }
    }
}

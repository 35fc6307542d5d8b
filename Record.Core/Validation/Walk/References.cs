using System.Text;
using System.Text.Json;
using Record.Core.Patients;
using Record.Core.Validation.Definitions;
using Record.Core.Validation.Values;

namespace Record.Core.Validation.Walk;

/// <summary>References, contained resources and identifiers. https://hl7.org/fhir/R4/references.html</summary>
internal sealed partial class ResourceWalk
{
    private void CheckSpecial(JsonElement value, TypeRule type, Property? via, ulong present)
    {
        switch (type.Special)
        {
            case Special.Reference:
                CheckReference(value, via);
                break;
            case Special.Identifier:
                CheckNhsNumber(value);
                break;
            case Special.Extension when ((present & type.ExtensionBit) != 0) == ((present & type.ValueBit) != 0):
                Report(IssueSeverity.Error, "invariant", "An extension has either a value or extensions, not both and not neither (ext-1).");
                break;
        }
    }

    private void CheckReference(JsonElement value, Property? via)
    {
        var targets = via?.Element.Targets ?? [];
        TypeRule? said = null, found = null;
        if (Text(value, "type"u8, out var name) && !name.IsEmpty && !name.Contains((byte)':'))
        {
            said = rules.Resources.Find(name);
            if (said is null) ReportAt("type", "value", "The type of a reference is a resource type of FHIR R4, or an absolute address.");
            else if (!Allows(targets, said)) ReportAt("type", "value", $"This reference may not point to {said.Name}.");
        }

        if (!Text(value, "reference"u8, out var text) || text.IsEmpty) return;
        if (text[0] == '#') found = Fragment(Encoding.UTF8.GetString(text));
        else if (ReferenceText.Read(text, rules, out found) is var shape && (shape == ReferenceShape.Other || (shape == ReferenceShape.Search && !options.ConditionalReferences)))
            ReportAt("reference", "value", shape == ReferenceShape.Search
                ? "A search stands for a reference only in the entries of a transaction."
                : "A reference is [type]/[id], an absolute address, a urn, or #[id] of a contained resource.");
        if (found is null) return;
        if (!Allows(targets, found)) ReportAt("reference", "value", $"This reference may not point to {found.Name}.");
        else if (said is not null && said != found) ReportAt("type", "value", "The type of a reference is that of its target.");
    }

    /// <summary>The type of a contained resource; one that is not there breaks ref-1.</summary>
    private TypeRule? Fragment(string fragment)
    {
        scope.Refer(fragment);
        if (fragment.Length == 1) return null; // the resource that contains this one
        if (!scope.TryFind(fragment[1..], out var type)) ReportAt("reference", "invariant", "There is no contained resource with this id (ref-1).");
        return type;
    }

    private static bool Allows(IReadOnlyList<TypeRule> targets, TypeRule type)
    {
        for (var i = 0; i < targets.Count; i++)
            if (targets[i] == type) return true;
        return targets.Count == 0;
    }

    private void CheckNhsNumber(JsonElement identifier)
    {
        if (!identifier.TryGetProperty("system"u8, out var system) || system.ValueKind != JsonValueKind.String || !system.ValueEquals(NhsNumber.System)) return;
        if (!identifier.TryGetProperty("value"u8, out _) || (Text(identifier, "value"u8, out var number) && number.Length == 10 && NhsNumber.TryParse(Encoding.UTF8.GetString(number), null, out _))) return;
        ReportAt("value", "value", "This is not an NHS number: ten digits without spaces, the last a check digit.");
    }

    private void ResourceWithin(JsonElement value, Property property)
    {
        if (property.Element.Name != "contained")
        {
            Resource(value, isContained: false);
            return;
        }

        if (scope.Inside >= 0)
        {
            Report(IssueSeverity.Error, "invariant", "A contained resource contains no others (dom-2).");
            return;
        }

        scope.Inside = place.Index;
        Resource(value, isContained: true);
        scope.Inside = -1;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("meta"u8, out var meta) || meta.ValueKind != JsonValueKind.Object) return;
        place.Enter("meta");
        if (meta.TryGetProperty("versionId"u8, out _)) ReportAt("versionId", "invariant", "A contained resource has no version (dom-4).");
        if (meta.TryGetProperty("lastUpdated"u8, out _)) ReportAt("lastUpdated", "invariant", "A contained resource has no time of update (dom-4).");
        if (meta.TryGetProperty("security"u8, out _)) ReportAt("security", "invariant", "A contained resource has no security labels (dom-5).");
        place.Leave();
    }

    private void CheckContainedAreReferred(TypeRule type, ulong present)
    {
        if ((present & type.ContainedBit) == 0) return;
        place.Enter("contained");
        foreach (var index in scope.Unreferred())
        {
            place.At(index);
            Report(IssueSeverity.Error, "invariant", "Nothing refers to this contained resource, nor does it refer to the resource around it (dom-3).");
        }

        place.Leave();
    }

    private void ReportAt(string child, string code, string sentence)
    {
        place.Enter(child);
        Report(IssueSeverity.Error, code, sentence);
        place.Leave();
    }
}

using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Record.Core.Validation.Definitions;
using Record.Core.Validation.Values;

namespace Record.Core.Validation.Walk;

/// <summary>One pass over a parsed resource that notes every fault.</summary>
/// <param name="options">Limits.</param>
/// <param name="everything">Whether warnings are wanted too.</param>
/// <param name="mayEscape">Whether a backslash stands anywhere in the bytes.</param>
internal sealed partial class ResourceWalk(ValidationOptions options, bool everything, bool mayEscape)
{
    private readonly R4 rules = R4.Rules;
    private readonly Place place = new();
    private List<ValidationIssue>? issues;
    private Scope scope = new(default);
    private JsonElement resource;

    public IReadOnlyList<ValidationIssue> Issues => issues ?? (IReadOnlyList<ValidationIssue>)[];

    private bool IsFull => issues is not null && issues.Count >= options.MaxIssues;

    /// <summary>Walks one resource; with contained ones and entries, so do they.</summary>
    /// <param name="value">The JSON of it.</param>
    /// <param name="isContained">Whether it stands in another and shares its scope.</param>
    public void Resource(JsonElement value, bool isContained)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("resourceType"u8, out var said) || said.ValueKind != JsonValueKind.String)
        {
            Report(IssueSeverity.Error, "structure", "A resource is a JSON object with a resourceType.");
            return;
        }

        if (rules.Resources.Find(JsonMarshal.GetRawUtf8Value(said)[1..^1]) is not { } type)
        {
            Report(IssueSeverity.Error, "structure", "The resourceType is none of FHIR R4.");
            return;
        }

        var isRoot = place.Depth == 0;
        if (isRoot) place.Enter(type.Name);
        var (outerScope, outerResource) = (scope, resource);
        resource = value;
        if (!isContained) scope = new(value);
        var present = Object(value, type, null);
        if (!isContained) CheckContainedAreReferred(type, present);
        (scope, resource) = (outerScope, outerResource);
        if (isRoot) place.Leave();
    }

    /// <summary>Walks an object; gives the bits of the children that are there.</summary>
    private ulong Object(JsonElement value, TypeRule type, Property? via)
    {
        if (place.Depth > options.MaxDepth)
        {
            Report(IssueSeverity.Error, "structure", $"The resource nests more than {options.MaxDepth} levels deep.");
            return 0;
        }

        ulong seen = 0, extras = 0, nulls = 0;
        var choices = default(ChoiceTypes);
        var isEmpty = true;
        foreach (var member in value.EnumerateObject())
        {
            isEmpty = false;
            if (IsFull) break;
            if (Find(type, member) is not { } property)
            {
                Unknown(member);
                continue;
            }

            var element = property.Element;
            place.Enter(property.PathName);
            ref var mask = ref property.IsExtras ? ref extras : ref seen;
            if (element.Choice && ((seen | extras) & element.Bit) != 0 && choices[element.Number] != property.TypeNumber)
                Report(IssueSeverity.Error, "structure", "This element may have one type of value only.");
            else if ((mask & element.Bit) != 0) Report(IssueSeverity.Error, "structure", "This property stands twice.");
            else if (Value(member.Value, property)) nulls |= element.Bit;
            mask |= element.Bit;
            if (element.Choice) choices[element.Number] = property.TypeNumber;
            place.Leave();
        }

        var present = seen | extras;
        if (isEmpty) Report(IssueSeverity.Error, "structure", "An object must not be empty.");
        else if (!IsFull) Finish(value, type, via, present, (nulls | extras) & ~type.ResourceTypeBit);
        return present;
    }

    /// <summary>What can be said of an object once all its children are known.</summary>
    private void Finish(JsonElement value, TypeRule type, Property? via, ulong present, ulong uneven)
    {
        for (var missing = type.Required & ~present; missing != 0; missing &= missing - 1)
        {
            place.Enter(type.Elements[BitOperations.TrailingZeroCount(missing)].Name);
            Report(IssueSeverity.Error, "required", "This element is missing.");
            place.Leave();
        }

        if (uneven != 0) CheckPairs(value, type, uneven);
        if (present == type.IdBit && !type.IsResource && type != rules.Element) Report(IssueSeverity.Error, "invariant", "An element has a value or children, not an id alone (ele-1).");
        CheckSpecial(value, type, via, present);
        CheckInvariants(value, type, present);
    }

    private Property? Find(TypeRule type, JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        if (!mayEscape || !name.Contains((byte)'\\')) return type.Properties.Find(name);
        return Escapes.Fault(name) is null ? type.Properties.Find(Encoding.UTF8.GetBytes(member.Name)) : null;
    }

    /// <summary>A property that R4 does not have. Its name is said only where it looks like one.</summary>
    private void Unknown(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        var looksLikeOne = name.Length is > 0 and <= 64 && char.IsAsciiLetter((char)(name[0] == '_' && name.Length > 1 ? name[1] : name[0]));
        foreach (var c in name) looksLikeOne &= char.IsAsciiLetterOrDigit((char)c) || c == '_';
        if (looksLikeOne) place.Enter(Encoding.UTF8.GetString(name));
        Report(IssueSeverity.Error, "structure", looksLikeOne ? "FHIR R4 has no such element here." : "An element here has a name that FHIR R4 does not have.");
        if (looksLikeOne) place.Leave();
    }

    /// <summary>The value of a property; true where it is an array with nulls, which the other half must fill.</summary>
    private bool Value(JsonElement value, Property property)
    {
        if (property.IsResourceType) return false;
        if (!property.Element.Many)
        {
            if (value.ValueKind == JsonValueKind.Array) Report(IssueSeverity.Error, "structure", "This element occurs once: it is not an array.");
            else Item(value, property);
            return false;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Report(IssueSeverity.Error, "structure", "This element may repeat: it is an array.");
            return false;
        }

        var index = 0;
        var nulls = false;
        foreach (var item in value.EnumerateArray())
        {
            if (IsFull) break;
            place.At(index++);
            if (item.ValueKind == JsonValueKind.Null && property.Type.Primitive != Primitive.None) nulls = true;
            else Item(item, property);
        }

        place.At(-1);
        if (index == 0) Report(IssueSeverity.Error, "structure", "An array must not be empty.");
        return nulls;
    }

    private void Item(JsonElement value, Property property)
    {
        var type = property.IsExtras ? rules.Element : property.Type;
        if (type.Primitive != Primitive.None) PrimitiveValue(value, property);
        else if (value.ValueKind != JsonValueKind.Object)
            Report(IssueSeverity.Error, "structure", value.ValueKind == JsonValueKind.Null ? "null stands only in arrays of primitive values." : "This element is a JSON object.");
        else if (type.Special == Special.AnyResource) ResourceWithin(value, property);
        else
        {
            var present = Object(value, type, property);
            if (property.Element.Codes is { } codes && !property.IsExtras) CheckConcept(value, codes, present, type);
        }

        if (property.Element.Invariants.Length > 0 && !property.IsExtras) CheckElementInvariants(value, property);
    }

    private void Report(IssueSeverity severity, string code, string sentence)
    {
        if (!IsFull) (issues ??= []).Add(new(severity, code, place.ToString(), sentence));
    }
}

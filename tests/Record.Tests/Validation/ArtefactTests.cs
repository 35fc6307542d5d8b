using System.Reflection;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Record.Core.Validation.Definitions;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>The embedded rules are whole, and agree with what the Firely SDK knows of R4.</summary>
public class ArtefactTests
{
    private static readonly ModelInspector Sdk = ModelInfo.ModelInspector;

    public static TheoryData<string> Resources => [.. ModelInfo.SupportedResources.Order()];

    [Fact]
    public void It_holds_all_resource_types_and_all_data_types()
    {
        var own = R4.Rules.Types.Values.Where(type => type.IsResource).Select(type => type.Name).Order().ToList();

        Assert.Equal([.. ModelInfo.SupportedResources.Concat(["DomainResource", "Resource"]).Distinct().Order()], own);
        Assert.Equal(148, own.Count);
        Assert.Equal(20, R4.Rules.Types.Values.Count(type => type.Primitive is not (Primitive.None or Primitive.ElementId)));
        Assert.Empty(ModelInfo.FhirTypeToCsType.Keys.Where(name => name is not ("BackboneType" or "Base" or "DataType" or "PrimitiveType" or "SimpleQuantity" or "MoneyQuantity")).Except(R4.Rules.Types.Keys));
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void A_resource_type_has_the_elements_of_R4(string name) => Compare(R4.Rules.Types[name], Sdk.FindClassMapping(name)!, []);

    [Theory]
    [InlineData("Address")]
    [InlineData("Age")]
    [InlineData("Annotation")]
    [InlineData("Attachment")]
    [InlineData("CodeableConcept")]
    [InlineData("Coding")]
    [InlineData("ContactPoint")]
    [InlineData("DataRequirement")]
    [InlineData("Dosage")]
    [InlineData("ElementDefinition")]
    [InlineData("Extension")]
    [InlineData("HumanName")]
    [InlineData("Identifier")]
    [InlineData("Meta")]
    [InlineData("Money")]
    [InlineData("Narrative")]
    [InlineData("Period")]
    [InlineData("Quantity")]
    [InlineData("Range")]
    [InlineData("Ratio")]
    [InlineData("Reference")]
    [InlineData("SampledData")]
    [InlineData("Timing")]
    [InlineData("TriggerDefinition")]
    [InlineData("UsageContext")]
    public void A_data_type_has_the_elements_of_R4(string name) => Compare(R4.Rules.Types[name], Sdk.FindClassMapping(name)!, []);

    [Fact]
    public void Required_bindings_have_their_codes()
    {
        Assert.True(R4.Rules.ValueSets.Count > 200);
        Assert.True(R4.Rules.ValueSets["http://hl7.org/fhir/ValueSet/administrative-gender"].Has("unknown"u8));
        Assert.False(R4.Rules.ValueSets["http://hl7.org/fhir/ValueSet/administrative-gender"].Has("Unknown"u8));
        Assert.True(R4.Rules.ValueSets["http://hl7.org/fhir/ValueSet/resource-types"].Has("VisionPrescription"u8));
        Assert.True(R4.Rules.ValueSets["http://hl7.org/fhir/ValueSet/issue-type"].Has("code-invalid"u8));
    }

    private static void Compare(TypeRule own, ClassMapping theirs, HashSet<string> done)
    {
        if (!done.Add(own.Name)) return;
        var mappings = theirs.PropertyMappings.Where(mapping => !mapping.RepresentsValueElement).ToDictionary(mapping => mapping.Name);

        Assert.Equal(mappings.Keys.Order(), own.Elements.Select(element => element.Name).Order());
        foreach (var element in own.Elements) Compare(own, element, mappings[element.Name], done);
    }

    private static void Compare(TypeRule owner, ElementRule own, PropertyMapping theirs, HashSet<string> done)
    {
        var place = $"{owner.Name}.{own.Name}";
        var cardinality = theirs.NativeProperty!.GetCustomAttribute<CardinalityAttribute>();
        Assert.True(own.Many == theirs.IsCollection, place);
        if (cardinality is not null) Assert.True(own.Min == cardinality.Min, place);
        Assert.True(own.Choice == (theirs.Choice == ChoiceType.DatatypeChoice), place);

        var targets = theirs.NativeProperty!.GetCustomAttribute<ReferencesAttribute>()?.Resources.Where(name => name != "Resource").Order().ToList() ?? [];
        if (targets.Count > 0) Assert.Equal((place, string.Join(',', targets)), (place, string.Join(',', own.Targets.Select(type => type.Name).Order())));
        if (!own.Choice && own.Types is [{ Name: var name } type] && name.Contains('.', StringComparison.Ordinal) && theirs.PropertyTypeMapping is { } nested) Compare(type, nested, done);
    }
}

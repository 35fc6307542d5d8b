using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Core.FhirPath;
using Record.Core.Validation.Definitions;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>Invariants that are decided without FHIRPath agree with their FHIRPath texts.</summary>
public class NativeRuleTests
{
    private const string Clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    private const string Verification = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    private const string Allergy = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

    /// <summary>key, type, value, whether it is kept.</summary>
    public static TheoryData<string, string, string, bool> Samples => new()
    {
        { "per-1", "Period", """{"start":"2026-01-01","end":"2026-01-02"}""", true },
        { "per-1", "Period", """{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T11:00:00+01:00"}""", true },
        { "per-1", "Period", """{"start":"2026"}""", true },
        { "per-1", "Period", """{"start":"2026-02","end":"2026-01"}""", false },
        { "per-1", "Period", """{"start":"2026-01-01T10:00:01Z","end":"2026-01-01T11:00:00+01:00"}""", false },
        { "org-1", "Organization", """{"resourceType":"Organization","name":"x"}""", true },
        { "org-1", "Organization", """{"resourceType":"Organization","identifier":[{"value":"x"}]}""", true },
        { "org-1", "Organization", """{"resourceType":"Organization","active":true}""", false },
        { "ipn-1", "InsurancePlan", """{"resourceType":"InsurancePlan","name":"x"}""", true },
        { "ipn-1", "InsurancePlan", """{"resourceType":"InsurancePlan"}""", false },
        { "org-2", "Address", """{"use":"work"}""", true },
        { "org-2", "Address", """{"use":"home"}""", false },
        { "org-3", "ContactPoint", """{"value":"1"}""", true },
        { "org-3", "ContactPoint", """{"use":"home"}""", false },
        { "tim-4", "Timing.repeat", """{"duration":0}""", true },
        { "tim-4", "Timing.repeat", """{"duration":-0.5}""", false },
        { "tim-5", "Timing.repeat", """{"period":2.5}""", true },
        { "tim-5", "Timing.repeat", """{"period":-1}""", false },
        { "con-4", "Condition", $$"""{"resourceType":"Condition","abatementString":"x","clinicalStatus":{"coding":[{"system":"{{Clinical}}","code":"remission"}]} }""", true },
        { "con-4", "Condition", $$"""{"resourceType":"Condition","abatementString":"x","clinicalStatus":{"coding":[{"system":"{{Clinical}}","code":"active"}]} }""", false },
        { "con-4", "Condition", """{"resourceType":"Condition","abatementString":"x","clinicalStatus":{"coding":[{"system":"x","code":"resolved"}]}}""", false },
        { "con-5", "Condition", $$"""{"resourceType":"Condition","clinicalStatus":{"text":"x"},"verificationStatus":{"coding":[{"system":"{{Verification}}","code":"confirmed"}]} }""", true },
        { "con-5", "Condition", $$"""{"resourceType":"Condition","clinicalStatus":{"text":"x"},"verificationStatus":{"coding":[{"code":"a"},{"system":"{{Verification}}","code":"entered-in-error"}]} }""", false },
        { "ait-2", "AllergyIntolerance", $$"""{"resourceType":"AllergyIntolerance","verificationStatus":{"coding":[{"system":"{{Allergy}}","code":"entered-in-error"}]} }""", true },
        { "ait-2", "AllergyIntolerance", $$"""{"resourceType":"AllergyIntolerance","clinicalStatus":{"text":"x"},"verificationStatus":{"coding":[{"system":"{{Allergy}}","code":"entered-in-error"}]} }""", false },
        { "obs-7", "Observation", """{"resourceType":"Observation","code":{"coding":[{"system":"s","code":"a"}]},"valueString":"x","component":[{"code":{"coding":[{"system":"s","code":"b"}]}},{"code":{"text":"x"}}]}""", true },
        { "obs-7", "Observation", """{"resourceType":"Observation","code":{"coding":[{"code":"z"},{"system":"s","code":"a"}]},"valueString":"x","component":[{"code":{"coding":[{"code":"b"},{"code":"a","system":"s"}]}}]}""", false },
        { "que-7", "Questionnaire.item.enableWhen", """{"operator":"=","answerInteger":1}""", true },
        { "que-7", "Questionnaire.item.enableWhen", """{"operator":"exists","answerInteger":1}""", false },
        { "bdl-2", "Bundle", """{"resourceType":"Bundle","type":"searchset","entry":[{"search":{"mode":"match"}}]}""", true },
        { "bdl-2", "Bundle", """{"resourceType":"Bundle","type":"batch","entry":[{"search":{"mode":"match"}}]}""", false },
        { "bdl-3", "Bundle", """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET"}}]}""", true },
        { "bdl-3", "Bundle", """{"resourceType":"Bundle","type":"history","entry":[{"request":{"method":"GET"}},{}]}""", false },
        { "bdl-3", "Bundle", """{"resourceType":"Bundle","type":"collection","entry":[{"request":{"method":"GET"}}]}""", false },
        { "bdl-4", "Bundle", """{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"200"}}]}""", true },
        { "bdl-4", "Bundle", """{"resourceType":"Bundle","type":"transaction","entry":[{"response":{"status":"200"}}]}""", false },
        { "bdl-7", "Bundle", """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"a","resource":{"resourceType":"Patient","meta":{"versionId":"1"}}},{"fullUrl":"a","resource":{"resourceType":"Patient","meta":{"versionId":"2"}}}]}""", true },
        { "bdl-7", "Bundle", """{"resourceType":"Bundle","type":"history","entry":[{"fullUrl":"a"},{"fullUrl":"a"}]}""", true },
        { "bdl-7", "Bundle", """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"a"},{"fullUrl":"a"}]}""", false },
        { "bdl-8", "Bundle.entry", """{"fullUrl":"http://a.org/Patient/1"}""", true },
        { "bdl-8", "Bundle.entry", """{"fullUrl":"http://a.org/Patient/1/_history/2"}""", false },
        { "bdl-9", "Bundle", """{"resourceType":"Bundle","type":"batch"}""", true },
        { "bdl-9", "Bundle", """{"resourceType":"Bundle","type":"document"}""", false },
        { "bdl-10", "Bundle", """{"resourceType":"Bundle","type":"message"}""", true },
        { "bdl-10", "Bundle", """{"resourceType":"Bundle","type":"document"}""", false },
        { "bdl-11", "Bundle", """{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition"}}]}""", true },
        { "bdl-11", "Bundle", """{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Patient"}}]}""", false },
        { "bdl-12", "Bundle", """{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader"}}]}""", true },
        { "bdl-12", "Bundle", """{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient"}}]}""", false },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_rule_in_code_says_what_its_FHIRPath_says(string key, string type, string json, bool kept)
    {
        var expression = NativeRules.All.Single(rule => rule.Key == key).Expression;
        using var document = JsonDocument.Parse(json);

        var inCode = NativeRules.Find(key, expression)!(document.RootElement);

        Assert.Equal(kept, inCode ?? kept);
        Assert.Equal(kept, FhirPathExpression.Compile(expression).Decide(Node(document.RootElement, type), Node(document.RootElement, type)));
    }

    [Fact]
    public void Every_rule_in_code_is_one_of_R4_and_has_a_sample_that_keeps_it_and_one_that_breaks_it()
    {
        var known = R4.Rules.Types.Values.SelectMany(type => type.Errors.Concat(type.Elements.SelectMany(element => element.Invariants))).ToList();
        var samples = Samples.Select(sample => (Key: (string)sample[0], Kept: (bool)sample[3])).ToHashSet();

        Assert.All(NativeRules.All, rule => Assert.Contains(known, invariant => (invariant.Key, invariant.Expression) == rule && invariant.Native is not null));
        Assert.All(NativeRules.All, rule => Assert.True(samples.Contains((rule.Key, true)) && samples.Contains((rule.Key, false)), rule.Key));
    }

    [Fact]
    public void What_presence_decides_is_what_FHIRPath_says_of_every_combination()
    {
        var decided = 0;
        foreach (var type in R4.Rules.Types.Values)
            foreach (var rule in type.Errors.Concat(type.Warnings).Where(rule => rule.Presence is not null))
            {
                var mentioned = type.Elements.Where(element => rule.Expression.Contains(element.Name, StringComparison.Ordinal)).Take(10).ToList();
                for (var chosen = 0; chosen < 1 << mentioned.Count; chosen++)
                {
                    var there = mentioned.Where((_, i) => (chosen & (1 << i)) != 0).ToList();
                    if (rule.Presence!.Decide(there.Aggregate(0UL, (bits, element) => bits | element.Bit)) is not { } said) continue;
                    decided++;
                    Assert.True(said == ByFhirPath(rule, type, there), $"{type.Name} {rule.Key} with {string.Join(',', there.Select(element => element.Name))}");
                }
            }

        Assert.True(decided > 500, $"{decided}");
    }

    [Fact]
    public void Every_invariant_can_be_read_by_the_engine()
    {
        var rules = R4.Rules.Types.Values.SelectMany(type => type.Errors.Concat(type.Warnings).Concat(type.Elements.SelectMany(element => element.Invariants))).DistinctBy(rule => rule.Expression).ToList();

        Assert.True(rules.Count > 150);
        Assert.All(rules, rule => Assert.NotNull(rule.Compiled));
    }

    private static bool? ByFhirPath(Invariant rule, TypeRule type, List<ElementRule> there)
    {
        var value = new JsonObject();
        if (type.IsResource) value["resourceType"] = type.Name;
        foreach (var element in there)
        {
            var (name, one) = One(element);
            value[name] = element.Many ? new JsonArray(one) : one;
        }

        using var document = JsonDocument.Parse(value.ToJsonString());
        return rule.Compiled.Decide(Node(document.RootElement, type.Name), Node(document.RootElement, type.Name));
    }

    private static (string Name, JsonNode Value) One(ElementRule element)
    {
        var type = element.Types[0];
        var name = element.Choice ? element.Name + char.ToUpperInvariant(type.Name[0]) + type.Name[1..] : element.Name;
        JsonNode value = type.Primitive switch
        {
            Primitive.None => type.Name == "Resource" ? new JsonObject { ["resourceType"] = "Basic" } : new JsonObject { ["id"] = "x" },
            Primitive.Boolean => true,
            Primitive.Integer or Primitive.PositiveInt or Primitive.UnsignedInt or Primitive.Decimal => 1,
            Primitive.Date or Primitive.DateTime => "2026-01-01",
            Primitive.Instant => "2026-01-01T00:00:00Z",
            Primitive.Time => "10:00:00",
            _ => "x",
        };
        return (name, value);
    }

    private static FhirPathNode Node(JsonElement value, string type) =>
        value.TryGetProperty("resourceType", out _) ? FhirPathNode.OfResource(value) : FhirPathNode.OfElement(value, null, type);
}

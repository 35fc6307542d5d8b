using Microsoft.Extensions.Time.Testing;
using Record.Core.FhirPath;
using Xunit;

namespace Record.Tests.FhirPath;

/// <summary>What an evaluation knows beyond its context. https://hl7.org/fhir/R4/fhirpath.html#vars</summary>
public class EnvironmentTests
{
    private static readonly FhirPathNode Patient = FhirPathOn.Resource("""{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Organization","id":"o","name":"Ward"}],"managingOrganization":{"reference":"#o"},"generalPractitioner":[{"reference":"Practitioner/1"}]}""");

    private static readonly FhirPathNode Bundle = FhirPathOn.Resource("""{"resourceType":"Bundle","entry":[{"fullUrl":"https://a/Patient/1","resource":{"resourceType":"Patient","birthDate":"2000-01-01"}},{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation","subject":{"reference":"Patient/1"}}},{"resource":{"resourceType":"Observation","subject":{"reference":"https://a/Patient/1"}}}]}""");

    [Fact]
    public void Time_is_what_the_environment_says_and_stands_still()
    {
        var clock = new FakeTimeProvider(new(2026, 3, 29, 0, 30, 15, 250, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var environment = new FhirPathEnvironment { Time = clock };

        Assert.Equal(["2026-03-29T00:30:15.250Z"], Patient.Select("now()", environment));
        Assert.Equal(["2026-03-29"], Patient.Select("today()", environment));
        Assert.True(Patient.Decide("now() = now() and timeOfDay() = timeOfDay()", environment: environment));
    }

    [Fact]
    public void References_are_resolved_in_the_resource_the_bundle_and_the_environment()
    {
        var practitioner = FhirPathNode.OfType("Practitioner");
        var environment = new FhirPathEnvironment { Resolve = reference => reference == "Practitioner/1" ? practitioner : null };

        Assert.Equal(["Ward"], Patient.Select("managingOrganization.resolve().name"));
        Assert.Empty(Patient.Select("generalPractitioner.resolve()"));
        Assert.True(Patient.Decide("generalPractitioner.resolve() is Practitioner", environment: environment));
        Assert.Single(Patient.Select("generalPractitioner.where(resolve() is Practitioner)", environment));
        Assert.Equal(["2000-01-01", "2000-01-01"], Bundle.Select("entry.resource.subject.resolve().birthDate"));
    }

    [Fact]
    public void Variables_are_given_and_a_missing_one_is_named()
    {
        var environment = new FhirPathEnvironment { Variables = new Dictionary<string, FhirPathNode> { ["limit"] = FhirPathNode.OfValue(3) } };

        Assert.True(Patient.Decide("%limit + 1 = 4", environment: environment));
        Assert.Contains("%limit", Assert.Throws<FhirPathException>(() => Patient.Decide("%limit = 3")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contained_resource_has_a_resource_and_a_root_of_its_own()
    {
        var contained = FhirPathExpression.Compile("contained").Evaluate(Patient).Single();

        Assert.True(contained.Decide("%resource.name = 'Ward' and %rootResource.id = 'a' and %context is Organization", contained, new() { RootResource = Patient }));
    }

    [Fact]
    public void Traces_are_heard_by_the_environment_only()
    {
        var heard = new List<string>();

        var names = Bundle.Select("entry.trace('urls', fullUrl).count()", new() { Trace = (name, items) => heard.Add($"{name}: {items.Count}") });

        Assert.Equal(["3"], names);
        Assert.Equal(["urls: 2"], heard);
    }

    [Fact]
    public void Profiles_are_asked_of_the_environment()
    {
        var environment = new FhirPathEnvironment { ConformsTo = (_, profile) => profile == "http://a" ? true : null };

        Assert.True(Patient.Decide("conformsTo('http://a')", environment: environment));
        Assert.False(Patient.Decide("conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')"));
        Assert.Throws<FhirPathException>(() => Patient.Decide("conformsTo('http://b')", environment: environment));
    }

    [Theory]
    [InlineData("code.memberOf('http://a')", "memberOf()")]
    [InlineData("code.subsumes('a')", "subsumes()")]
    [InlineData("nonsense()", "nonsense()")]
    [InlineData("value.as(Nonsense)", "Nonsense")]
    public void What_is_not_supported_is_refused_by_name(string expression, string name) =>
        Assert.Contains(name, Assert.Throws<FhirPathException>(() => FhirPathExpression.Compile(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_element_is_nothing_unless_strict()
    {
        var strict = new FhirPathEnvironment { Strict = true };

        Assert.Empty(Patient.Select("nickname"));
        Assert.Empty(Patient.Select("Observation.value"));
        Assert.Throws<FhirPathException>(() => Patient.Select("nickname", strict));
        Assert.Throws<FhirPathException>(() => Patient.Select("Observation.value", strict));
    }

    [Fact]
    public void A_message_never_quotes_the_data() =>
        Assert.DoesNotContain("Ward", Assert.Throws<FhirPathException>(() => Patient.Select("contained.name + 1")).Message, StringComparison.Ordinal);
}

using Record.Core.FhirPath;
using Xunit;

namespace Record.Tests.FhirPath;

/// <summary>Values beyond HL7's suite: units, partial dates, offsets, escapes. http://hl7.org/fhirpath/N1</summary>
public class ValueTests
{
    private static readonly FhirPathNode Anything = FhirPathOn.Resource("""{"resourceType":"Basic"}""");

    [Theory]
    [InlineData("1 'mmol/L' = 1000 'umol/L'", true)]
    [InlineData("5.5 'mmol/L' < 0.006 'mol/L'", true)]
    [InlineData("1 'kg/m2' = 1000 'g/m2'", true)]
    [InlineData("120 'mm[Hg]' > 15 'kPa'", true)]
    [InlineData("1 '[lb_av]' = 0.45359237 'kg'", true)]
    [InlineData("1 'U/L' = 1 'umol/min/L'", true)]
    [InlineData("1 '10*9/L' = 1000 '10*6/L'", true)]
    [InlineData("1 'mL/min/{1.73_m2}' = 1 'mL/min'", true)]
    [InlineData("1 'm[IU]/L' < 1 '[IU]/L'", true)]
    [InlineData("1 'mg' = 1 'mL'", null)]
    [InlineData("37 'Cel' = 37 'Cel'", true)]
    [InlineData("37 'Cel' < 99 '[degF]'", null)]
    [InlineData("1 'nonsense' = 1 'nonsense'", true)]
    [InlineData("1 'nonsense' = 1 'mg'", null)]
    [InlineData("12 months = 1 year", true)]
    [InlineData("1 'mg' + 1 'g' = 1001 'mg'", true)]
    [InlineData("2 'g' / 2 = 1 'g'", true)]
    [InlineData("3 * 2 'mg' = 6 'mg'", true)]
    [InlineData("1 'mmol' = 1 '1'", null)]
    public void Quantities_are_compared_exactly_across_units(string expression, bool? answer) =>
        Assert.Equal(answer, Anything.Decide(expression));

    [Fact]
    public void A_quantity_with_a_comparator_equals_none_without()
    {
        var observation = FhirPathOn.Resource("""{"resourceType":"Observation","component":[{"valueQuantity":{"value":60,"comparator":">"}},{"valueQuantity":{"value":60}}]}""");

        Assert.True(observation.Decide("component.value.distinct().count() = 2 and component.value.where($this > 50).count() = 1"));
    }

    [Theory]
    [InlineData("@2020 = @2020", true)]
    [InlineData("@2020 = @2021-01", false)]
    [InlineData("@2020 < @2021-01-01T00:00:00Z", true)]
    [InlineData("@2020-03-29T00:30:00Z = @2020-03-29T01:30:00+01:00", true)]
    [InlineData("@2020-01-31 + 1 month = @2020-02-29", true)]
    [InlineData("@2020-02-29 + 1 year = @2021-02-28", true)]
    [InlineData("@2020 + 24 months = @2022", true)]
    [InlineData("@2020-03-29T00:30:00Z + 2 hours = @2020-03-29T02:30:00Z", true)]
    [InlineData("@T23:30 + 1 hour = @T00:30", true)]
    [InlineData("@2020-01-01 - 1 second = @2020-01-01", true)]
    [InlineData("@2020-12-31T23:59:60Z > @2020-12-31T23:59:58Z", true)]
    [InlineData("@2020-01-01T10:00:00.1 < @2020-01-01T10:00:00.12", true)]
    [InlineData("@T10:30 ~ @T10:30:00", false)]
    public void Dates_are_compared_as_far_as_they_are_known(string expression, bool? answer) =>
        Assert.Equal(answer, Anything.Decide(expression));

    [Theory]
    [InlineData(@"'a\p\u00e9\'\\'", @"apé'\")]
    [InlineData("'🔥🔥🔥'.matches('🔥+')", "true")]
    [InlineData("1 / 3 * 3 ~ 1", "true")]
    [InlineData("'1 000'.toDecimal().empty()", "true")]
    [InlineData("'abc'.lastIndexOf('c')", "2")]
    [InlineData("(1 | 2 | 3).where($index > 0).first()", "2")]
    [InlineData("'a'.type().name & type().name", "StringBasic")]
    [InlineData("is(FHIR.DomainResource) and is(Resource)", "true")]
    [InlineData("$this is Citation", "false")]
    [InlineData("10 'mg'.toQuantity('g').toString()", "0.010 'g'")]
    public void A_value_is_written_as_FHIRPath_writes_it(string expression, string text) =>
        Assert.Equal([text], Anything.Select(expression));
}

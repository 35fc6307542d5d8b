using System.Text;
using Record.Core.Validation;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>What is sent to break a reader is refused with a sentence, and costs little.</summary>
public class HostileTests
{
    private const string Patient = """{"resourceType":"Patient","active":true}""";

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{\"resourceType\":\"Patient\",}")]
    [InlineData("{\"resourceType\":\"Patient\"}{}")]
    [InlineData("{\"resourceType\":\"Patient\" /* a comment */}")]
    [InlineData("{\"resourceType\":\"Patient\",\"birthDate\":\"1\n\"}")]
    [InlineData("{\"resourceType\":\"Patient\",\"active\":01}")]
    [InlineData("\uFEFF{\"resourceType\":\"Patient\"}")]
    public void What_is_no_JSON_is_refused(string body) => Checked.OneFault(body, "structure", "Resource");

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    public void Bytes_that_are_no_UTF8_are_refused(byte[] wrong)
    {
        byte[] body = [.. """{"resourceType":"Patient","id":"a"""u8, .. wrong, .. "\"}"u8];

        Assert.Equal("The body is not valid UTF-8.", Assert.Single(ResourceValidator.Check(body)).Diagnostics);
    }

    [Fact]
    public void A_property_that_stands_twice_is_refused_however_it_is_spelt()
    {
        Checked.OneFault("""{"resourceType":"Patient","active":true,"active":false}""", "structure", "Patient.active");
        Checked.OneFault("""{"resourceType":"Patient","active":true,"\u0061ctive":false}""", "structure", "Patient.active");
        Checked.OneFault("""{"resourceType":"Patient","resourceType":"Patient","active":true}""", "structure", "Patient.resourceType");
        Checked.OneFault("""{"resourceType":"Patient","gender":"male","_gender":{"id":"a"},"_gender":{"id":"b"}}""", "structure", "Patient.gender");
    }

    [Fact]
    public void Nesting_deeper_than_a_hundred_levels_is_refused()
    {
        static string Nest(int levels) =>
            "{\"resourceType\":\"Patient\"" + string.Concat(Enumerable.Repeat(",\"extension\":[{\"url\":\"http://a.org\"", levels))
            + ",\"valueCode\":\"x\"" + string.Concat(Enumerable.Repeat("}]", levels)) + "}";

        Checked.Valid(Nest(49));
        Assert.Equal("The body nests more than 100 levels deep.", Assert.Single(Checked.Issues(Nest(50))).Diagnostics);
        Assert.Equal("The body nests more than 100 levels deep.", Assert.Single(Checked.Issues(new string('[', 1_000_000))).Diagnostics);
    }

    [Theory]
    [InlineData("Integer")]
    [InlineData("Decimal")]
    public void Numbers_of_thousands_of_digits_are_refused(string type) =>
        Checked.OneFault($$"""{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"http://a.org","value{{type}}":{{new string('9', 5000)}} }]}""", "value", $"Basic.extension[0].value{type}");

    [Fact]
    public void A_body_of_many_small_tokens_is_refused_before_it_takes_memory()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","name":[{{string.Join(',', Enumerable.Repeat("{}", 8_000_000))}}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var issue = Assert.Single(ResourceValidator.Check(body));

        Assert.Equal((IssueSeverity.Fatal, "too-costly"), (issue.Severity, issue.Code));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","\ud800aaaaaaaaaaa":1,"active":true}""")]
    [InlineData("""{"\ud800aaaaaaaaaaa":1,"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient\udc00"}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"\ud800","value":"\ud800"}]}""")]
    [InlineData("""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"\ud800"}]}""")]
    [InlineData("""{"resourceType":"Observation","status":"final","valueString":"x","code":{"coding":[{"code":"\ud800"}]},"component":[{"code":{"coding":[{"code":"\udc00"}]}}]}""")]
    [InlineData("""{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"\ud800","type":"\ud800"}]}""")]
    public void Half_of_a_surrogate_pair_is_refused_wherever_it_stands(string body) => Assert.NotEmpty(Checked.Issues(body));

    /// <summary>Comparing each with each would take hours on these.</summary>
    [Fact]
    public void Time_grows_with_the_size_of_a_body_and_not_faster()
    {
        const int Many = 200_000;
        static string List(string item) => string.Join(',', Enumerable.Range(0, Many).Select(i => item.Replace("N", $"{i}", StringComparison.Ordinal)));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        Checked.Valid($$"""{"resourceType":"List","status":"current","mode":"working","contained":[{{List("""{"resourceType":"Patient","id":"cN"}""")}}],"entry":[{{List("""{"item":{"reference":"#cN"}}""")}}]}""");
        Checked.Valid($$"""{"resourceType":"Patient","name":[{"given":[{{List("null")}}],"_given":[{{List("""{"extension":[{"url":"http://a.org","valueCode":"x"}]}""")}}]}]}""");
        Checked.Valid($$"""{"resourceType":"Observation","status":"final","valueString":"x","code":{"coding":[{{List("""{"code":"aN"}""")}}]},"component":[{"code":{"coding":[{{List("""{"code":"bN"}""")}}]} }]}""");

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_refusal_never_repeats_what_was_sent()
    {
        const string Secret = "9990000018x";
        string[] bodies =
        [
            $$"""{"resourceType":"Patient","gender":"{{Secret}}","birthDate":"{{Secret}}","active":"{{Secret}}" }""",
            $$"""{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{Secret}}"} ]}""",
            $$"""{"resourceType":"{{Secret}}" }""",
            $$"""{"resourceType":"Patient","{{Secret}}":1}""",
            $$"""{"resourceType":"Patient","link":[{"other":{"reference":"{{Secret}}" },"type":"seealso"}]}""",
            $$"""{"resourceType":"Patient","text":{"status":"generated","div":"<div {{Secret}}>"} }""",
            "{\"resourceType\":\"Patient\"," + Secret + "}",
        ];

        Assert.All(bodies, body => Assert.All(Checked.Issues(body), issue => Assert.DoesNotContain(Secret[..10], issue.Expression + issue.Diagnostics, StringComparison.Ordinal)));
        Assert.All(bodies, body => Assert.NotEmpty(Checked.Issues(body)));
    }

    [Fact]
    public void A_parsed_resource_is_checked_as_its_bytes_are()
    {
        using var twice = System.Text.Json.JsonDocument.Parse("""{"resourceType":"Patient","active":true,"active":false}""");
        using var valid = System.Text.Json.JsonDocument.Parse(Patient);

        Assert.Equal("Patient.active", Assert.Single(ResourceValidator.Check(twice.RootElement)).Expression);
        Assert.Empty(ResourceValidator.Check(valid.RootElement));
    }
}

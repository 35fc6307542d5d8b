using System.Text.Json;
using Record.Core.FhirPath;
using Xunit;

namespace Record.Tests.FhirPath;

/// <summary>Expressions and data made to exhaust the server end with an error that says which limit they met.</summary>
public class HostileExpressionTests
{
    private static readonly FhirPathNode Patient = FhirPathOn.Resource("""{"resourceType":"Patient","id":"a"}""");

    public static TheoryData<string> Malformed =>
    [
        "", " ", "name.", ".name", "name..given", "(name", "name)", "name[", "name[1", "'open", "`open", "1 +", "a b", "$that", "%", "@", "@20", "@2020-13", "@T25",
        "name.where()", "name.where(a, b)", "exists(a, b)", "nothing()", "2147483648", "99999999999999999999999999999999999", "!", "1 ! 2", "#", "name.as(1)", "name as 'x'", "ofType(nothing)", "\\u12", "'\\u12", "{1}",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_not_FHIRPath_is_refused_with_its_place(string expression) =>
        Assert.NotNull(Assert.Throws<FhirPathException>(() => FhirPathExpression.Compile(expression)).Position);

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("-", "1", "")]
    [InlineData("a.where(", "b", ")")]
    [InlineData("a[", "1", "]")]
    [InlineData("1+", "1", "")]
    [InlineData("a=", "1", "")]
    [InlineData("name.first().", "id", "")]
    [InlineData("iif(true,", "1", ")")]
    public void Deep_nesting_is_refused(string open, string middle, string close) =>
        Assert.Contains("deep", Assert.Throws<FhirPathException>(() => FhirPathExpression.Compile(Repeat(open) + middle + Repeat(close))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_beyond_all_measure_is_refused() =>
        Assert.Throws<FhirPathException>(() => FhirPathExpression.Compile("1" + new string(' ', 200_000)));

    [Theory]
    [InlineData("'a'.repeat($this & 'a')")]
    [InlineData("1.repeat($this + 1)")]
    [InlineData("(1|2|3|4|5|6|7|8|9).aggregate($total.combine($total).combine($this), 1|2).aggregate($total.combine($total).combine($total).combine($total), 1|2)")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total & $total, 'aaaaaaaaaaaaaaaa')")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total + $total, 'aaaaaaaaaaaaaaaa')")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total.replace('', $total), 'aaaaaaaaaaaaaaaa')")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total.replaceMatches('a', $total), 'aaaaaaaaaaaaaaaa')")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total.encode('hex'), 'aaaaaaaaaaaaaaaa')")]
    [InlineData("(0).repeat(iif($this < 1000000, ($this + 1) | ($this + 2)))")]
    [InlineData("'abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total.toChars().join($total), 'aaaaaaaaaaaaaaaa')")]
    public void What_grows_without_end_is_given_up(string expression) =>
        Assert.Contains("more than", Assert.Throws<FhirPathException>(() => Patient.Select(expression)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a+)+$')")]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.replaceMatches('^(a+)+$', '')")]
    public void A_regular_expression_that_takes_too_long_is_given_up(string expression) =>
        Assert.Contains("250 ms", Assert.Throws<FhirPathException>(() => Patient.Select(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_malformed_regular_expression_is_an_error() =>
        Assert.Throws<FhirPathException>(() => Patient.Select("'a'.matches('(')"));

    [Theory]
    [InlineData("2147483647 + 1")]
    [InlineData("(-2147483647 - 1) div -1")]
    [InlineData("79228162514264337593543950335.0 * 10.0")]
    [InlineData("@9999-12-31 + 1 day")]
    [InlineData("@2020-01-01 + 2147483647 weeks")]
    [InlineData("9.9.power(1000)")]
    [InlineData("1000.exp()")]
    [InlineData("0.ln()")]
    public void What_no_type_can_hold_is_empty(string expression) =>
        Assert.Empty(Patient.Select(expression));

    [Fact]
    public void Deep_data_is_walked_to_its_end()
    {
        var json = string.Concat(Enumerable.Repeat("""{"url":"u","extension":[""", 400)) + """{"url":"last"}""" + string.Concat(Enumerable.Repeat("]}", 400));
        using var document = JsonDocument.Parse($$"""{"resourceType":"Patient","extension":[{{json}}]}""", new() { MaxDepth = 2000 });

        Assert.True(FhirPathNode.OfResource(document.RootElement).Decide("descendants().where($this is Extension).count() = 401"));
    }

    [Fact]
    public void Steps_are_counted_anew_for_each_evaluation()
    {
        var expression = FhirPathExpression.Compile("(1|2|3).select($this + 1)");
        var few = new FhirPathEnvironment { MaxSteps = 100 };

        for (var i = 0; i < 100; i++) Assert.Equal(3, expression.Evaluate(Patient, environment: few).Count);
    }

    [Fact]
    public void A_failed_evaluation_leaves_nothing_behind()
    {
        var failing = FhirPathExpression.Compile("name.given.where($this.single() = 'a' and (1 | 2).not())");
        var names = FhirPathOn.Resource("""{"resourceType":"Patient","name":[{"given":["a"]}]}""");

        Assert.Throws<FhirPathException>(() => failing.Evaluate(names));
        Assert.Equal(["a"], names.Select("name.given"));
    }

    [Fact]
    public void One_expression_serves_many_threads()
    {
        var expression = FhirPathExpression.Compile("name.where(use = 'official').given.first() & id & value.unit");
        FhirPathNode[] resources = [FhirPathOn.Resource("""{"resourceType":"Patient","id":"1","name":[{"use":"official","given":["Ann"]}]}"""), FhirPathOn.Resource("""{"resourceType":"Observation","id":"2","valueQuantity":{"unit":"mg"}}""")];

        Parallel.For(0, 20_000, i => Assert.Equal(i % 2 == 0 ? "Ann1" : "2mg", expression.Evaluate(resources[i % 2]).Single().ToString()));
    }

    private static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, 5000 / Math.Max(part.Length, 1)));
}

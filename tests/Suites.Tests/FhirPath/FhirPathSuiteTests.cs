using Record.Core.FhirPath;
using Xunit;

namespace Suites.Tests.FhirPath;

/// <summary>HL7's FHIRPath suite for R4: http://hl7.org/fhirpath/N1 as FHIR uses it.</summary>
public class FhirPathSuiteTests
{
    public static TheoryData<string> Ids => [.. FhirPathCase.All.Select(test => test.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_case_gives_what_it_expects_or_is_listed_with_a_reason(string id)
    {
        var test = FhirPathCase.All.Single(test => test.Id == id);

        var fault = Fault(test);

        if (FhirPathExceptions.Reasons.ContainsKey(id)) Assert.True(fault is not null, "This case passes: take it off the list of exceptions.");
        else Assert.True(fault is null, $"{test.Expression}\n{fault}");
    }

    [Fact]
    public void The_suite_is_whole_and_every_exception_is_one_of_its_cases()
    {
        Assert.Equal(935, FhirPathCase.All.Count); // the file says <test 937 times, twice of them in comments
        Assert.Equal(35, FhirPathCase.All.Count(test => test.Invalid is not null));
        Assert.Empty(FhirPathExceptions.Reasons.Keys.Except(FhirPathCase.All.Select(test => test.Id)));
        Assert.InRange(FhirPathExceptions.Reasons.Count, 0, 20);
        Assert.All(FhirPathExceptions.Reasons.Values, reason => Assert.NotEmpty(reason));
    }

    private static string? Fault(FhirPathCase test)
    {
        var patient = FhirPathCase.Inputs["patient-example.xml"]; // a case without input still needs somewhere to stand
        var context = FhirPathNode.OfResource(test.Input is null ? patient : FhirPathCase.Inputs[test.Input]);
        var environment = new FhirPathEnvironment { Strict = test.Strict };
        try
        {
            var expression = FhirPathExpression.Compile(test.Expression);
            var items = test.Predicate ? [FhirPathNode.OfValue(expression.IsTrue(context, environment: environment))] : expression.Evaluate(context, environment: environment);
            var found = items.Select(Shown).ToList();
            return test.Invalid is not null ? $"An error ({test.Invalid}) was expected, not: {string.Join("; ", found)}" : Difference(test, found);
        }
        catch (FhirPathException e)
        {
            return test.Invalid is not null ? null : e.Message;
        }
    }

    private static string? Difference(FhirPathCase test, List<(string Type, string Value)> found)
    {
        var expected = test.Outputs.Select((output, i) => (output.Type ?? (i < found.Count ? found[i].Type : ""), Bare(output.Value))).ToList();
        if (!test.Ordered)
        {
            expected.Sort();
            found.Sort();
        }

        return expected.SequenceEqual(found) ? null : $"Expected: {string.Join("; ", expected)}\nFound: {string.Join("; ", found)}";
    }

    private static (string Type, string Value) Shown(FhirPathNode node) => (Lower(node.TypeName), node.ToString());

    // The suite writes System types like FHIR's: System.Integer is integer, System.DateTime is dateTime.
    private static string Lower(string type) =>
        type.StartsWith("System.", StringComparison.Ordinal) && type != "System.Quantity" ? char.ToLowerInvariant(type[7]) + type[8..] : type.Replace("System.", "", StringComparison.Ordinal);

    private static string Bare(string value) => value.StartsWith("@T", StringComparison.Ordinal) ? value[2..] : value.TrimStart('@');
}

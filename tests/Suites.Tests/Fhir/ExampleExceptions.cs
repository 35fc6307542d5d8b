namespace Suites.Tests.Fhir;

/// <summary>Examples that are refused, each with the reason that the answer gives.</summary>
internal static class ExampleExceptions
{
    public static IReadOnlyDictionary<string, string> OfSpecification { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> OfUkCore { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> OfBars { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> OfPds { get; } = new Dictionary<string, string>();
}

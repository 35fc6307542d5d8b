using System.Text.Json;
using Record.Core.FhirPath;

namespace Record.Tests.FhirPath;

/// <summary>Asks expressions of JSON written in the test.</summary>
internal static class FhirPathOn
{
    public static FhirPathNode Resource(string json) => FhirPathNode.OfResource(JsonDocument.Parse(json).RootElement);

    public static FhirPathNode Element(string type, string json, string? extras = null) =>
        FhirPathNode.OfElement(JsonDocument.Parse(json).RootElement, extras is null ? null : JsonDocument.Parse(extras).RootElement, type);

    public static bool? Decide(this FhirPathNode context, string expression, FhirPathNode? resource = null, FhirPathEnvironment? environment = null) =>
        FhirPathExpression.Compile(expression).Decide(context, resource, environment);

    public static string[] Select(this FhirPathNode context, string expression, FhirPathEnvironment? environment = null) =>
        [.. FhirPathExpression.Compile(expression).Evaluate(context, environment: environment).Select(node => node.ToString())];
}

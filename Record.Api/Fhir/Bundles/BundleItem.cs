using System.Text.Json;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>One entry of a batch or transaction as it was sent.</summary>
/// <param name="Place">Its place in the Bundle, from 0.</param>
/// <param name="FullUrl">By which other entries refer to it.</param>
/// <param name="Resource">The resource, still part of the Bundle's document.</param>
internal sealed record BundleItem(int Place, string? FullUrl, JsonElement Resource)
{
    public required FhirRequest Request { get; init; }

    /// <summary>What stands after the question mark of its url; null if nothing does.</summary>
    public string? Criteria { get; init; }

    /// <summary>What is wrong with it already.</summary>
    public RecordError? Wrong { get; init; }

    /// <summary>The resource as bytes of the Bundle.</summary>
    public ReadOnlyMemory<byte> Body => Request.Body;

    public string Expression => $"Bundle.entry[{Place}]";

    /// <summary>DELETE, POST, PUT and PATCH, GET: https://hl7.org/fhir/R4/http.html#trules</summary>
    public int Order => Request.Method switch { "DELETE" => 0, "POST" => 1, "PUT" => 2, "PATCH" => 2, _ => 3 };

    public RecordError At(RecordError error) => error with
    {
        Expression = error.Expression is { } inner ? $"{Expression}: {inner}" : Expression,
        Issues = [.. error.Issues.Select(issue => issue with { Expression = $"{Expression}.resource.{issue.Expression}" })],
    };
}

using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>Asks a terminology server which codes a value set has, or lie above or below a code. https://hl7.org/fhir/R4/valueset-operation-expand.html</summary>
internal sealed partial class Terminology(HttpClient http, IOptions<TerminologyOptions> options, ILogger<Terminology> logger)
{
    private readonly TerminologyOptions options = options.Value;

    /// <summary>Whether there is a server to ask.</summary>
    public bool IsThere => options.Server is not null;

    /// <summary>The codes of a value set, as <c>system|code</c>.</summary>
    public Task<Result<IReadOnlyList<(string System, string Code)>>> OfValueSet(string url, CancellationToken cancellation) =>
        Ask(new(HttpMethod.Get, Address($"?url={Uri.EscapeDataString(url)}&count={options.MaxCodes + 1}")), cancellation);

    /// <summary>A code and those that it includes, or that include it.</summary>
    public Task<Result<IReadOnlyList<(string System, string Code)>>> OfHierarchy(string system, string code, bool above, CancellationToken cancellation)
    {
        var filter = new JsonObject { ["property"] = "concept", ["op"] = above ? "generalizes" : "is-a", ["value"] = code };
        var set = new JsonObject
        {
            ["resourceType"] = "ValueSet",
            ["status"] = "active",
            ["compose"] = new JsonObject { ["include"] = new JsonArray(new JsonObject { ["system"] = system, ["filter"] = new JsonArray(filter) }) },
        };
        var question = new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray(
                new JsonObject { ["name"] = "valueSet", ["resource"] = set }, new JsonObject { ["name"] = "count", ["valueInteger"] = options.MaxCodes + 1 }),
        };
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question)) { Headers = { ContentType = new("application/fhir+json") } };
        return Ask(new(HttpMethod.Post, Address("")) { Content = content }, cancellation);
    }

    private Uri Address(string query) => new($"{options.Server!.AbsoluteUri.TrimEnd('/')}/ValueSet/$expand{query}");

    private async Task<Result<IReadOnlyList<(string System, string Code)>>> Ask(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Patience);
        try
        {
            using var asked = request;
            asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/fhir+json"));
            using var answer = await http.SendAsync(asked, limit.Token);
            if (!answer.IsSuccessStatusCode) return (int)answer.StatusCode < 500 ? TerminologyErrors.NotExpanded : TerminologyErrors.Unavailable;
            using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(limit.Token), default, limit.Token);
            var codes = new List<(string, string)>();
            if (document.RootElement.TryGetProperty("expansion", out var expansion)) Collect(expansion, codes);
            return codes.Count > options.MaxCodes ? TerminologyErrors.TooMany(options.MaxCodes) : Result<IReadOnlyList<(string, string)>>.Of(codes);
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or InvalidOperationException || problem is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            LogFailed(problem.GetType().Name);
            return TerminologyErrors.Unavailable;
        }
    }

    // Abstract entries only gather others.
    private static void Collect(JsonElement of, List<(string, string)> codes)
    {
        if (!of.TryGetProperty("contains", out var contains)) return;
        foreach (var entry in contains.EnumerateArray())
        {
            var isAbstract = entry.TryGetProperty("abstract", out var said) && said.ValueKind == JsonValueKind.True;
            if (!isAbstract && FhirBody.Text(entry, "code"u8) is { } code) codes.Add((FhirBody.Text(entry, "system"u8) ?? "", code));
            Collect(entry, codes);
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "The terminology server did not answer: {Problem}")]
    private partial void LogFailed(string problem);
}

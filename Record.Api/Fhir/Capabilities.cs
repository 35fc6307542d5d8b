using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR capabilities: what is offered, type by type. https://hl7.org/fhir/R4/http.html#capabilities</summary>
internal static class Capabilities
{
    private static readonly string[] SystemInteractions = ["transaction", "batch", "search-system", "history-system"];

    private static readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> Made = new();

    public static Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        var mode = request.Parameter("mode") ?? "full";
        if (mode is not ("full" or "normative" or "terminology")) return Task.FromResult<Answer>(FhirRequestErrors.BadParameter("mode"));
        if (!Subset.Of(request).TryGet(out var subset, out var error)) return Task.FromResult<Answer>(error);
        var content = mode == "terminology" ? Terminology(request) : Of(request);
        if (subset is not null) content = subset.Cut(content);
        return Task.FromResult(new Answer(StatusCodes.Status200OK) { Content = content });
    }

    // Made once an address; of a few addresses only, because callers choose them.
    private static ReadOnlyMemory<byte> Of(FhirRequest request)
    {
        if (Made.TryGetValue(request.Base, out var made)) return made;
        var statement = Encoding.UTF8.GetBytes(Statement(request).ToJsonString());
        if (Made.Count < 16) Made[request.Base] = statement;
        return statement;
    }

    private static JsonObject Statement(FhirRequest request) => new()
    {
        ["resourceType"] = "CapabilityStatement",
        ["id"] = "record",
        ["meta"] = new JsonObject { ["versionId"] = "1" },
        ["name"] = "MseSharedRecord",
        ["title"] = "MSE shared record",
        ["status"] = "active",
        ["date"] = "2026-11-24",
        ["publisher"] = "Mid and South Essex ICS",
        ["kind"] = "instance",
        ["software"] = new JsonObject { ["name"] = "MSE shared record", ["version"] = typeof(Capabilities).Assembly.GetName().Version!.ToString(3) },
        ["implementation"] = new JsonObject { ["description"] = "MSE shared record", ["url"] = request.Base },
        ["fhirVersion"] = "4.0.1",
        ["format"] = new JsonArray("application/fhir+json", "json"),
        ["patchFormat"] = new JsonArray(FhirFormat.JsonPatch),
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["security"] = Security(),
            ["resource"] = new JsonArray([.. SearchParameters.ResourceTypes.Select(CapabilityOfType.Of)]),
            ["interaction"] = new JsonArray([.. SystemInteractions.Select(CapabilityOfType.Code)]),
            ["operation"] = new JsonArray([.. CapabilityOfType.SystemOperations.Select(CapabilityOfType.Operation)]),
        }),
    };

    private static JsonObject Security() => new()
    {
        ["service"] = new JsonArray(new JsonObject
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/restful-security-service", ["code"] = "OAuth", ["display"] = "OAuth" }),
            ["text"] = "OAuth 2.0 bearer tokens; see the sign-in service's discovery document.",
        }),
    };

    private static ReadOnlyMemory<byte> Terminology(FhirRequest request) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["resourceType"] = "TerminologyCapabilities",
        ["name"] = "MseSharedRecordTerminology",
        ["status"] = "active",
        ["date"] = "2026-11-24",
        ["kind"] = "instance",
        ["implementation"] = new JsonObject { ["description"] = "MSE shared record: no terminology operations", ["url"] = request.Base },
    }.ToJsonString());
}

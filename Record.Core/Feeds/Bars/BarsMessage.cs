using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Core.Organisations;
using Record.Core.Validation;

namespace Record.Core.Feeds.Bars;

/// <summary>
/// A BaRS message: a Bundle whose MessageHeader names what is asked for. Its resources get ids that derive from the sender and
/// their identifiers, so that an update meets what it updates; where the receiver is configured, it is the referral's performer.
/// </summary>
/// <remarks>NHS England, Booking and Referral Standard, $process-message.</remarks>
internal sealed class BarsMessage
{
    private static readonly HashSet<string> Events = ["booking-request", "booking-response", "servicerequest-request", "servicerequest-response"];

    private BarsMessage(string @event, string reason, string headerId, IReadOnlyList<(string Type, string Id, JsonObject Json)> resources) =>
        (Event, Reason, HeaderId, Resources) = (@event, reason, headerId, resources);

    /// <summary>What is asked for.</summary>
    public string Event { get; }

    /// <summary><c>new</c>, <c>update</c>, <c>delete</c>.</summary>
    public string Reason { get; }

    /// <summary>Id of the MessageHeader.</summary>
    public string HeaderId { get; }

    /// <summary>What is written.</summary>
    public IReadOnlyList<(string Type, string Id, JsonObject Json)> Resources { get; }

    /// <summary>Reads a message, or says why it cannot be taken.</summary>
    public static Result<BarsMessage> Read(ReadOnlyMemory<byte> body, string sender, CareSystem system)
    {
        try
        {
            if (JsonNode.Parse(body.Span, null, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }) is not JsonObject bundle
                || Text(bundle["resourceType"]) != "Bundle" || Text(bundle["type"]) != "message") return BarsErrors.Bad("The body must be a Bundle of type message.");
            var entries = (bundle["entry"] as JsonArray ?? []).OfType<JsonObject>().Where(entry => entry["resource"] is JsonObject).Select(entry => (Url: Text(entry["fullUrl"]), Json: entry["resource"]!.AsObject())).ToList();
            if (entries.Count == 0 || Text(entries[0].Json["resourceType"]) != "MessageHeader") return BarsErrors.Bad("The first entry must be a MessageHeader.");
            var header = entries[0].Json;
            var @event = Text(header["eventCoding"]?["code"]);
            if (@event is null || !Events.Contains(@event)) return BarsErrors.Unprocessable($"MessageHeader.eventCoding must be one of {string.Join(", ", Events)}.");
            return Take(entries, header, @event, sender, system);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            return BarsErrors.Bad("The body is not JSON, or names a property twice.");
        }
    }

    private static Result<BarsMessage> Take(List<(string? Url, JsonObject Json)> entries, JsonObject header, string @event, string sender, CareSystem system)
    {
        var focus = @event.StartsWith("booking", StringComparison.Ordinal) ? "Appointment" : "ServiceRequest";
        if (!entries.Any(entry => Text(entry.Json["resourceType"]) == focus)) return BarsErrors.Unprocessable($"A {@event} must hold the {focus} that it is about.");
        if (!entries.Any(entry => Text(entry.Json["resourceType"]) == "Patient")) return BarsErrors.Unprocessable("The message must hold the Patient whom it is about.");
        var receiver = Receiver(header, entries, system);
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        var resources = new List<(string Type, string Id, JsonObject Json)>();
        foreach (var (url, json) in entries.Skip(1))
        {
            var type = Text(json["resourceType"]) ?? "";
            var id = SourceIds.Of($"bars {sender}", type, Local(json) ?? url ?? Text(json["id"]) ?? $"{resources.Count}");
            var organisation = type == "Organization" ? Configured(json, system) : null;
            var target = organisation is null ? $"{type}/{id}" : $"Organization/{organisation}";
            if (url is not null) named[url] = target;
            if (Text(json["id"]) is { } own) named[$"{type}/{own}"] = target;
            if (organisation is null) resources.Add((type, id, json.DeepClone().AsObject())); // a configured organisation is not written by its neighbours
        }

        foreach (var (type, id, json) in resources)
        {
            Rename(json, named);
            json["id"] = id;
            json["meta"] = new JsonObject { ["source"] = $"urn:bars:{Uri.EscapeDataString(sender)}" };
            if (type == "ServiceRequest" && receiver is not null) json["performer"] = new JsonArray(new JsonObject { ["reference"] = $"Organization/{receiver}" });
            var faults = ResourceValidator.Check(JsonSerializer.SerializeToUtf8Bytes(json));
            if (faults.Count > 0) return BarsErrors.Unprocessable($"{type} is not valid: {faults[0].Expression}: {faults[0].Diagnostics}");
        }

        return new BarsMessage(@event, Text(header["reason"]?["coding"]?[0]?["code"]) ?? "new", Text(header["id"]) ?? "", resources);
    }

    private static string? Local(JsonObject json) =>
        (json["identifier"] as JsonArray)?.OfType<JsonObject>().Select(i => Text(i["value"]) is { Length: > 0 } value ? $"{Text(i["system"])}|{value}" : null).FirstOrDefault(key => key is not null);

    private static string? Receiver(JsonObject header, List<(string? Url, JsonObject Json)> entries, CareSystem system)
    {
        var reference = Text(header["destination"]?[0]?["receiver"]?["reference"]);
        var organisation = entries.FirstOrDefault(entry => entry.Url == reference && Text(entry.Json["resourceType"]) == "Organization").Json;
        return organisation is null ? null : Configured(organisation, system);
    }

    private static string? Configured(JsonObject organisation, CareSystem system) =>
        (organisation["identifier"] as JsonArray)?.Select(i => Text(i?["value"])).OfType<string>()
            .Select(code => system.Organisation(code)?.Id ?? system.Organisations.FirstOrDefault(o => o.OdsCode == code)?.Id).FirstOrDefault(id => id is not null);

    private static void Rename(JsonNode? node, Dictionary<string, string> named)
    {
        if (node is JsonArray array)
            foreach (var item in array) Rename(item, named);
        if (node is not JsonObject json) return;
        if (Text(json["reference"]) is { } reference && named.TryGetValue(reference, out var target)) json["reference"] = target;
        foreach (var (_, child) in json.ToList()) Rename(child, named);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

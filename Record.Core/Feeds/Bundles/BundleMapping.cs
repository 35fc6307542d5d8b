using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Bundles;

/// <summary>What a source system's Bundle says, with our ids, our references and what its locations mean.</summary>
internal static class BundleMapping
{
    /// <summary>The Patient of a bundle.</summary>
    public static JsonObject Patient(byte[] body, SourceSystem source)
    {
        var patient = Resource(body, "Patient")!;
        Own(patient, source);
        patient["managingOrganization"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        return patient;
    }

    /// <summary>The Encounter of a bundle; a reason if a location is not configured; neither if it holds none.</summary>
    public static (JsonObject? Encounter, string? Reason) Encounter(byte[] body, SourceSystem source, string patient)
    {
        if (Resource(body, "Encounter") is not { } encounter) return (null, null);
        Own(encounter, source);
        encounter["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" };
        encounter["serviceProvider"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        SourceLocation? current = null;
        foreach (var location in (encounter["location"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (location["location"]?["identifier"]?["value"]?.GetValue<string>() is not { } code) continue;
            if (source.Location(code) is not { } place) return (null, "Encounter.location: this location is not configured for the source system; add it to its file and replay");
            var named = Systems.Location(source, place, null, null);
            location["location"] = named["location"]!.DeepClone();
            current = place;
        }

        if (current is not null)
        {
            var types = new JsonArray(Systems.Concept(Systems.PlaceKind, current.Kind));
            foreach (var type in encounter["type"] as JsonArray ?? []) types.Add(type!.DeepClone());
            encounter["type"] = types;
        }

        if (current?.Team is { } team)
        {
            var extensions = encounter["extension"] as JsonArray;
            if (extensions is null) encounter["extension"] = extensions = [];
            if (!extensions.Any(e => e?["url"]?.GetValue<string>() == Systems.ResponsibleTeam))
                extensions.Add(new JsonObject { ["url"] = Systems.ResponsibleTeam, ["valueReference"] = new JsonObject { ["reference"] = $"Organization/{team}" } });
        }

        return (encounter, null);
    }

    private static void Own(JsonObject resource, SourceSystem source)
    {
        resource.Remove("id");
        resource["meta"] = Systems.Meta(source);
    }

    private static JsonObject? Resource(byte[] body, string type) =>
        JsonNode.Parse(body)?["entry"]?.AsArray().Select(entry => entry?["resource"]).OfType<JsonObject>()
            .FirstOrDefault(resource => resource["resourceType"]?.GetValue<string>() == type)?.DeepClone().AsObject();
}

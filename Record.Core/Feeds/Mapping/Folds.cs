using System.Text.Json.Nodes;
using Record.Core.Feeds.Bundles;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>A source patient is the fold of what was said of it by (event time, arrival).</summary>
internal static class PatientFold
{
    /// <summary>The Patient; null if nothing was said.</summary>
    public static JsonObject? Of(SourceSystem source, string key, IReadOnlyList<StoredMessage> messages, Func<StoredMessage, Reading?> read)
    {
        var patient = new Draft("Patient", source);
        JsonObject? bundle = null;
        var said = false;
        string? mergedInto = null;
        foreach (var message in messages)
        {
            if (Triggers.IsMerge(message.Trigger) && message.MergedKey is not null) mergedInto = message.MergedKey == key ? message.PatientKey : null;
            if (message.MergedKey == key) continue;
            if (message.Trigger is StoredMessage.Bundle or StoredMessage.Row) bundle = BundleMapping.Patient(message.Json(source), source);
            else if (read(message) is { } reading)
            {
                patient.ReceivedAt = message.ReceivedAt;
                SourcePatients.Apply(reading.Message, Place(reading, key), patient);
            }

            said = true;
        }

        if (!said && mergedInto is null) return null;
        var json = bundle ?? patient.Json;
        if (!said) json["identifier"] = new JsonArray(new JsonObject { ["use"] = "usual", ["system"] = source.IdentifierSystem, ["value"] = key });
        json["active"] = mergedInto is null;
        if (mergedInto is not null)
            json["link"] = new JsonArray(new JsonObject
            {
                ["other"] = new JsonObject { ["reference"] = $"Patient/{SourceIds.Of(source.Code, "Patient", mergedInto)}" }, ["type"] = "replaced-by",
            });
        json["managingOrganization"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        return json;
    }

    private static int Place(Reading reading, string key) =>
        reading.Trigger == "A17" && reading.Stored.PatientKey != key && SourcePatients.LocalId(reading.Message.Segment("PID", 2).Field(3), reading.Source) == key ? 2 : 1;
}

/// <summary>A visit is the fold of its messages by (event time, arrival).</summary>
internal static class VisitFold
{
    /// <summary>The Encounter, if there was one, and which messages cannot be taken and why.</summary>
    public static (JsonObject? Encounter, List<(long Id, string Reason)> Faults) Of(SourceSystem source, string key, List<StoredMessage> messages, Func<StoredMessage, Reading?> read)
    {
        var faults = new List<(long, string)>();
        if (messages.Count == 0) return (null, faults);
        if (messages[^1].Trigger is StoredMessage.Bundle or StoredMessage.Row)
        {
            var (found, reason) = BundleMapping.Encounter(messages[^1].Json(source), source, SourceIds.Of(source.Code, "Patient", messages[^1].PatientKey));
            if (reason is not null) faults.Add((messages[^1].Id, reason));
            return (found, faults);
        }

        var visit = new Visits(source);
        var patient = messages[^1].PatientKey;
        foreach (var message in messages)
        {
            if (read(message) is not { } reading || !V2Time.TryParse(V2Door.Happened(reading.Message, "ADT").Text, message.ReceivedAt, out var time)) continue;
            var place = message.Trigger == "A17" && Visits.Key(reading.Message) != key && Visits.Key(reading.Message, 2) == key ? 2 : 1;
            if (visit.Take(reading.Message, place, message.Trigger, time, message.ReceivedAt) is { } fault) faults.Add((message.Id, fault));
            else patient = place == 2 ? SourcePatients.LocalId(reading.Message.Segment("PID", 2).Field(3), source) ?? message.PatientKey : message.PatientKey;
        }

        return (visit.ToEncounter(SourceIds.Of(source.Code, "Patient", patient), key), faults);
    }
}

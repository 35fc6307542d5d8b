using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Bundles;

/// <summary>
/// Checks a FHIR message of a source system before it is stored: a Bundle with an identifier, a timestamp, one Patient with the
/// source's own identifier and at most one Encounter with one.
/// </summary>
public static class BundleDoor
{
    /// <summary>What to store, or why not.</summary>
    public static Result<Arrival> Judge(SourceSystem source, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            return Read(source, document.RootElement, body, receivedAt);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            return FeedErrors.BadBundle("The body is not JSON, or names a property twice.");
        }
    }

    private static Result<Arrival> Read(SourceSystem source, JsonElement bundle, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        if (Text(bundle, "resourceType") != "Bundle") return FeedErrors.BadBundle("The body must be a Bundle.");
        if (Text(Child(bundle, "identifier"), "value") is not { Length: > 0 and < 200 } control) return FeedErrors.BadBundle("Bundle.identifier.value must hold the control id.");
        if (!FhirTime.TryRange(Text(bundle, "timestamp"), out var happened, out _)) return FeedErrors.BadBundle("Bundle.timestamp must say when it happened.");
        if (Child(bundle, "entry") is not { ValueKind: JsonValueKind.Array } entries) return FeedErrors.BadBundle("The Bundle has no entries.");
        var resources = entries.EnumerateArray().Select(entry => Child(entry, "resource")).Where(r => r.ValueKind == JsonValueKind.Object).ToList();
        var patients = resources.Where(r => Text(r, "resourceType") == "Patient").ToList();
        var encounters = resources.Where(r => Text(r, "resourceType") == "Encounter").ToList();
        if (patients.Count != 1 || encounters.Count > 1) return FeedErrors.BadBundle("The Bundle must hold one Patient and at most one Encounter.");
        if (Identifier(patients[0], source.IdentifierSystem) is not { } patient) return FeedErrors.BadBundle($"The Patient has no identifier of system {source.IdentifierSystem}.");
        string? visit = null;
        if (encounters.Count == 1 && (visit = Identifier(encounters[0], source.IdentifierSystem + "/visit")) is null)
            return FeedErrors.BadBundle($"The Encounter has no identifier of system {source.IdentifierSystem}/visit.");
        if (happened.Year is < 1900 or > 2200) return FeedErrors.BadBundle("Bundle.timestamp is not a time of our days.");
        if ($"{control}{patient}{visit}".Contains('\0', StringComparison.Ordinal)) return FeedErrors.BadBundle("An identifier holds a null character.");
        return new Arrival(source.Code, control, "bundle", receivedAt, body)
        {
            EventTime = happened, PatientKey = patient, VisitKey = visit, Demographics = SHA256.HashData(Encoding.UTF8.GetBytes(patients[0].GetRawText())),
        };
    }

    private static string? Identifier(JsonElement resource, string system)
    {
        if (Child(resource, "identifier") is not { ValueKind: JsonValueKind.Array } identifiers) return null;
        foreach (var identifier in identifiers.EnumerateArray())
            if (Text(identifier, "system") == system && Text(identifier, "value") is { Length: > 0 and <= 100 } value) return value;
        return null;
    }

    private static JsonElement Child(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : default;

    private static string? Text(JsonElement element, string name) => Child(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}

using System.Text.Json;
using Record.Core.Feeds.Mapping;
using Record.Core.Fhir;

namespace Record.Core;

/// <summary>What a resource says of who has to do with its patient: before the policy says how long a relationship follows.</summary>
/// <param name="Kind">Kind of relationship of the policy, or <c>objection</c>.</param>
/// <param name="Parties">Organisations and teams; none: the organisation of the source.</param>
/// <param name="From">When it begins, if it says so.</param>
/// <param name="Until">When it ended; null while it lasts.</param>
internal sealed record RelationshipFact(string Kind, IReadOnlyList<string> Parties, DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>Whether it has ended, also where it does not say when.</summary>
    public bool Ended { get; init; }
}

/// <summary>Reads facts from the types that state them. Every other type costs nothing.</summary>
internal static class RelationshipFacts
{
    private static readonly HashSet<string> Types = ["Encounter", "EpisodeOfCare", "CareTeam", "ServiceRequest", "Task", "Appointment", "Patient", "Consent"];

    private static readonly HashSet<string> Over = ["finished", "completed", "revoked", "inactive", "rejected", "failed", "noshow", "fulfilled"];
    private static readonly HashSet<string> Never = ["cancelled", "entered-in-error"];

    /// <summary>Whether resources of this type may state facts.</summary>
    public static bool MayState(string type) => Types.Contains(type);

    /// <summary>The facts of a resource.</summary>
    public static IReadOnlyList<RelationshipFact> Of(string type, JsonElement resource)
    {
        if (!MayState(type) || resource.ValueKind != JsonValueKind.Object) return [];
        var status = Text(resource, "status") ?? "";
        if (Never.Contains(status)) return [];
        return type switch
        {
            "Encounter" => [Fact(Kind(resource), resource, status, "period", [.. Organisations(resource, "serviceProvider"), .. Team(resource)])],
            "EpisodeOfCare" => [Fact("caseload", resource, status, "period", [.. Organisations(resource, "managingOrganization"), .. Organisations(resource, "team")])],
            "CareTeam" => [Fact("caseload", resource, status, "period", [.. Organisations(resource, "managingOrganization"), .. Each(resource, "participant").SelectMany(p => Organisations(p, "member"))])],
            "ServiceRequest" => [Fact("referral", resource, status, "", [.. Organisations(resource, "performer"), .. Organisations(resource, "requester")])],
            "Task" => [Fact("task", resource, status, "executionPeriod", [.. Organisations(resource, "owner"), .. Organisations(resource, "requester")]) with { From = null }],
            "Appointment" => [Appointment(resource, status)],
            "Patient" => Organisations(resource, "generalPractitioner").ToList() is { Count: > 0 } practices ? [new("registration", practices, null, null)] : [],
            _ => Consent(resource, status),
        };
    }

    private static RelationshipFact Fact(string kind, JsonElement resource, string status, string period, IReadOnlyList<string> parties)
    {
        var times = period.Length > 0 && resource.TryGetProperty(period, out var found) ? found : default;
        return new(kind, parties, Time(times, "start")?.Low, Time(times, "end")?.High) { Ended = Over.Contains(status) };
    }

    private static RelationshipFact Appointment(JsonElement resource, string status) => new(
        "appointment", [.. Each(resource, "participant").SelectMany(participant => Organisations(participant, "actor"))],
        Time(resource, "start")?.Low, (Time(resource, "end") ?? Time(resource, "start"))?.High) { Ended = Over.Contains(status) };

    // https://hl7.org/fhir/R4/consent.html: an active consent that denies. What it denies in part is taken as denying.
    private static IReadOnlyList<RelationshipFact> Consent(JsonElement resource, string status)
    {
        if (status != "active" || !resource.TryGetProperty("provision"u8, out var provision) || Text(provision, "type") != "deny") return [];
        var period = provision.TryGetProperty("period"u8, out var found) ? found : default;
        return [new("objection", [""], Time(period, "start")?.Low, Time(period, "end")?.High)];
    }

    private static string Kind(JsonElement encounter)
    {
        var code = encounter.TryGetProperty("class"u8, out var of) && of.ValueKind == JsonValueKind.Object ? Text(of, "code") : null;
        return code switch { "IMP" or "ACUTE" or "NONAC" or "OBSENC" => "admission", "EMER" => "attendance", _ => "contact" };
    }

    private static IEnumerable<string> Team(JsonElement encounter) => Each(encounter, "extension")
        .Where(extension => Text(extension, "url") == Systems.ResponsibleTeam).SelectMany(extension => Organisations(extension, "valueReference"));

    private static IEnumerable<string> Organisations(JsonElement element, string name)
    {
        foreach (var reference in Each(element, name))
        {
            if (Text(reference, "reference") is { } text && text.StartsWith("Organization/", StringComparison.Ordinal)) yield return text[13..];
            else if (reference.TryGetProperty("identifier"u8, out var identifier) && Text(identifier, "system") == Systems.OdsCode && Text(identifier, "value") is { } code) yield return code;
        }
    }

    private static IEnumerable<JsonElement> Each(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var found)) yield break;
        if (found.ValueKind == JsonValueKind.Object) yield return found;
        if (found.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in found.EnumerateArray())
            if (item.ValueKind == JsonValueKind.Object) yield return item;
    }

    private static (DateTimeOffset Low, DateTimeOffset High)? Time(JsonElement element, string name) =>
        FhirTime.TryRange(Text(element, name), out var low, out var high) ? (low, high) : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}

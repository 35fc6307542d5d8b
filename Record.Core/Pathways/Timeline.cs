using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Fhir;

namespace Record.Core.Pathways;

/// <summary>An instant as precisely as it was said.</summary>
/// <param name="From">The first instant it may mean.</param>
/// <param name="Until">The end of what it may mean, exclusive.</param>
public readonly record struct Moment(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Whether a time of day was said; a clock shorter than a day needs one.</summary>
    public bool HasTime => Until - From < TimeSpan.FromHours(12);

    /// <summary>The day in London.</summary>
    public DateOnly Day => FhirTime.DayOf(From);

    /// <summary>Reads a FHIR dateTime.</summary>
    public static Moment? Of(string? text) => FhirTime.TryRange(text, out var low, out var high) ? new(low, high) : null;
}

/// <summary>One stay, attendance or contact of a person.</summary>
/// <param name="Encounter">Id of the Encounter.</param>
/// <param name="Patient">Source patient that it stands under.</param>
/// <param name="Inpatient">Whether it is a hospital spell.</param>
/// <param name="Status">FHIR status.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="PlaceKind">Kind of the place it was last in.</param>
/// <param name="Provider">Organization id.</param>
/// <param name="Team">Organization id of the responsible team.</param>
/// <param name="Destination">Discharge destination.</param>
/// <param name="Attendance">Attendance code of a contact.</param>
/// <param name="Mechanism">Consultation mechanism of a contact.</param>
/// <param name="Simulated">Whether its people are invented.</param>
public sealed record Episode(
    string Encounter, string Patient, bool Inpatient, string Status, Moment? Start, Moment? End, string? PlaceKind, string Provider, string? Team,
    string? Destination, string? Attendance, string? Mechanism, bool Simulated)
{
    /// <summary>Reads an Encounter as the feeds write it.</summary>
    public static Episode Of(string id, string patient, JsonObject encounter) => new(
        id,
        patient,
        encounter["class"]?["code"]?.GetValue<string>() == "IMP",
        encounter["status"]?.GetValue<string>() ?? "unknown",
        Moment.Of(encounter["period"]?["start"]?.GetValue<string>()),
        Moment.Of(encounter["period"]?["end"]?.GetValue<string>()),
        Code(encounter["type"], Systems.PlaceKind),
        Reference(encounter["serviceProvider"]),
        Extension(encounter, Systems.ResponsibleTeam)?["valueReference"] is { } team ? Reference(team) : null,
        encounter["hospitalization"]?["dischargeDisposition"]?["coding"]?[0]?["code"]?.GetValue<string>(),
        Extension(encounter, Systems.AttendanceStatus)?["valueCode"]?.GetValue<string>(),
        Code(encounter["type"], Systems.Mechanism),
        IsSimulated(encounter));

    private static bool IsSimulated(JsonObject resource) =>
        (resource["meta"]?["tag"] as JsonArray)?.Any(tag => tag?["system"]?.GetValue<string>() == Systems.Origin && tag["code"]?.GetValue<string>() == "simulated") ?? false;

    private static string? Code(JsonNode? concepts, string system) => (concepts as JsonArray)?
        .SelectMany(concept => concept?["coding"] as JsonArray ?? [])
        .FirstOrDefault(coding => coding?["system"]?.GetValue<string>() == system)?["code"]?.GetValue<string>();

    private static JsonNode? Extension(JsonObject resource, string url) =>
        (resource["extension"] as JsonArray)?.FirstOrDefault(extension => extension?["url"]?.GetValue<string>() == url);

    private static string Reference(JsonNode? reference) => reference?["reference"]?.GetValue<string>()?.Split('/')[^1] ?? "";
}

/// <summary>What a rule needs to know of one person.</summary>
/// <param name="Episodes">All stays and contacts, in any order.</param>
/// <param name="Died">When, if any source says so.</param>
public sealed record Timeline(IReadOnlyList<Episode> Episodes, Moment? Died);

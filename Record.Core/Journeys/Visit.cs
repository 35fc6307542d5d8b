using System.Text.Json.Nodes;
using Record.Core.Fhir;
using Record.Core.Organisations;
using Record.Core.Pathways;

namespace Record.Core.Journeys;

/// <summary>An Encounter as a timeline tells it: a stay is told by its admission, its moves and its discharge.</summary>
internal sealed class Visit
{
    private readonly StoredResource resource;
    private readonly JsonObject json;
    private readonly SourceSystem? source;
    private readonly Episode episode;
    private readonly List<(string Name, DateTimeOffset? From)> places;

    public Visit(StoredResource resource, JsonObject json, CareSystem system)
    {
        (this.resource, this.json) = (resource, json);
        source = system.Source(Demographics.Source(json) ?? "");
        episode = Episode.Of(resource.Id, resource.Patient ?? "", json);
        Organisation = system.Organisation(episode.Provider)?.Name ?? episode.Provider;
        places = [.. (json["location"] as JsonArray ?? []).Select(location => (
            location?["location"]?["display"]?.GetValue<string>() ?? "", Moment.Of(location?["period"]?["start"]?.GetValue<string>())?.From))];
        Team = episode.Team;
    }

    public string Status => episode.Status;

    public string Class => json["class"]?["code"]?.GetValue<string>() ?? "";

    public string Organisation { get; }

    public string? Team { get; }

    public string? Kind => episode.PlaceKind;

    public string? Place => places.Count > 0 ? places[^1].Name : null;

    public DateTimeOffset? Start => episode.Start?.From;

    public DateTimeOffset? Since => places.Count > 0 ? places[^1].From ?? Start : Start;

    public string Setting => Kind switch
    {
        "emergency-department" or "general-acute-bed" => "acute",
        "mental-health-acute-bed" or "mental-health-other-bed" or "mental-health-team" => "mental-health",
        "community-bed" or "community-team" => "community",
        _ => source?.Setting ?? "acute",
    };

    public string Title => (Class, episode.Attendance) switch
    {
        ("EMER", _) => "Emergency department attendance",
        ("IMP", _) => "Inpatient stay",
        (_, "7" or "3") => "Did not attend",
        (_, "2" or "4") => "Appointment cancelled",
        (_, not null) => Means(episode.Mechanism),
        _ when Kind == "clinic" => "Outpatient attendance",
        _ => "Contact",
    };

    public IEnumerable<TimelineItem> Items()
    {
        var reason = (json["reasonCode"] as JsonArray)?.FirstOrDefault()?["text"]?.GetValue<string>();
        var cancelled = Status is "cancelled" or "entered-in-error" && episode.Attendance is null;
        if (Class != "IMP" || cancelled)
        {
            yield return Item(episode.Start, episode.End?.From, cancelled ? "cancelled" : Class == "EMER" ? "emergency" : "contact", cancelled ? $"{Title}: cancelled" : Title, reason, Place);
            yield break;
        }

        yield return Item(episode.Start, episode.End?.From, "admission", Status == "planned" ? "Admission planned" : "Admitted", reason, places.Count > 0 ? places[0].Name : null);
        foreach (var (name, from) in places.Skip(1))
            if (from is { } at) yield return Item(new Moment(at, at.AddSeconds(1)), null, "transfer", "Moved", null, name);
        if (episode.End is not null) yield return Item(episode.End, null, "discharge", "Discharged", Destination(), Place);
    }

    private TimelineItem Item(Moment? at, DateTimeOffset? until, string kind, string title, string? detail, string? place) => new(
        at?.From, at is null ? "unknown" : at.Value.HasTime ? "time" : "day", until, kind, title, detail, Setting, Organisation, place, source?.Code ?? "record",
        source?.Name ?? "Written directly to the record", resource.Reference, Status);

    private static string Means(string? mechanism) => mechanism switch
    {
        "01" => "Seen face to face",
        "02" => "Telephone contact",
        "04" => "Contact by text relay",
        "05" => "Email",
        "09" => "Text message",
        "11" => "Video consultation",
        _ => "Contact",
    };

    // NHS Data Dictionary, DISCHARGE DESTINATION CODE (HOSPITAL PROVIDER SPELL): the codes that occur most.
    private string? Destination() => episode.Destination switch
    {
        null => null,
        "19" => "To usual place of residence",
        "29" => "To temporary place of residence",
        "51" => "To a general ward of another hospital",
        "53" => "To another mental health or learning disability ward",
        "54" => "To a care home",
        "79" => "Died",
        var code => $"Discharge destination {code}",
    };
}

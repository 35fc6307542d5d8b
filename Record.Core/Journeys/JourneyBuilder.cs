using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Organisations;
using Record.Core.Pathways;
using Record.Core.Tasks;

namespace Record.Core.Journeys;

/// <summary>Puts one person's resources together to a journey. Pure.</summary>
internal sealed class JourneyBuilder(CareSystem system, IReadOnlyList<PathwayRule> rules, DateTimeOffset now)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(183);

    /// <summary>The journey of a person.</summary>
    public Journey Build(Guid person, IReadOnlyList<PatientLink> links, IReadOnlyList<StoredResource> resources, IReadOnlyList<ClockRow> clocks)
    {
        var parsed = resources.Select(r => (Resource: r, Json: r.Json())).ToList();
        var patients = parsed.Where(p => p.Resource.Type == "Patient").OrderByDescending(p => Trust(p.Json)).ThenByDescending(p => p.Resource.LastUpdated).ToList();
        var best = patients.FirstOrDefault().Json ?? [];
        var visits = parsed.Where(p => p.Resource.Type == "Encounter").Select(p => new Visit(p.Resource, p.Json, system)).ToList();
        var (number, status) = patients.Select(p => Demographics.NhsNumber(p.Json)).FirstOrDefault(n => n.Number is not null);
        string? First(Func<JsonObject, string?> read) => patients.Select(p => read(p.Json)).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        var died = First(p => p["deceasedDateTime"]?.GetValue<string>());
        return new(
            person.ToString(), Demographics.Name(best), First(p => p["birthDate"]?.GetValue<string>()), Age(First(p => p["birthDate"]?.GetValue<string>()), died),
            First(p => p["gender"]?.GetValue<string>()), number, status, First(Demographics.Address), First(Demographics.Phone),
            First(p => (p["generalPractitioner"] as JsonArray)?[0]?["display"]?.GetValue<string>()), died, parsed.Any(p => Demographics.IsSimulated(p.Json)),
            died is null ? Now(visits) : null, Teams(visits), [.. clocks.Select(Clock)], Tasks(parsed), Referrals(parsed),
            [.. visits.SelectMany(visit => visit.Items()).OrderByDescending(item => item.At ?? DateTimeOffset.MinValue)], Records(patients, links), []);
    }

    // What its source calls verified is shown first.
    private static int Trust(JsonObject patient) => Demographics.NhsNumber(patient).Status switch { "01" => 2, null => 0, _ => 1 };

    private int? Age(string? born, string? died)
    {
        if (!DateOnly.TryParseExact(born, "yyyy-MM-dd", out var birth)) return null;
        var today = FhirTime.TryRange(died, out var death, out _) ? FhirTime.DayOf(death) : FhirTime.DayOf(now);
        return today.Year - birth.Year - (today < birth.AddYears(today.Year - birth.Year) ? 1 : 0);
    }

    private static WhereNow? Now(List<Visit> visits) => visits
        .Where(visit => visit is { Status: "in-progress", Class: "IMP" or "EMER" })
        .OrderByDescending(visit => visit.Start)
        .Select(visit => new WhereNow(visit.Setting, visit.Organisation, visit.Place ?? visit.Organisation, visit.Kind, visit.Since))
        .FirstOrDefault();

    private List<TeamKnown> Teams(List<Visit> visits) =>
        [.. visits.Where(visit => visit.Team is not null && visit.Status is not ("cancelled" or "entered-in-error") && visit.Start > now - Recent)
            .GroupBy(visit => visit.Team!)
            .Select(group => (Team: system.Organisation(group.Key), Latest: group.MaxBy(visit => visit.Start)!, First: group.Min(visit => visit.Start)))
            .Where(known => known.Team is not null)
            .OrderByDescending(known => known.Latest.Start)
            .Select(known => new TeamKnown(
                known.Team!.Id, known.Team.Name, system.Organisation(known.Team.PartOf ?? "")?.Name ?? "", known.Team.Sector, known.Team.Phone, known.First, known.Latest.Start, known.Latest.Title))];

    private JourneyClock Clock(ClockRow row) => new(
        row.Rule, rules.FirstOrDefault(rule => rule.Id == row.Rule)?.Title ?? row.Rule, row.Reading, row.Encounter, row.StartedAt, row.DueAt, row.ClosedAt, row.Outcome, row.Reason,
        row.Team is null ? null : Name(row.Team));

    private List<JourneyTask> Tasks(List<(StoredResource Resource, JsonObject Json)> parsed) =>
        [.. parsed.Where(p => p.Resource.Type == "Task" && TaskStates.Code(p.Json) != TaskCodes.Referral)
            .Select(p => new JourneyTask(
                p.Resource.Id, TaskStates.Code(p.Json) ?? "task", p.Json["description"]?.GetValue<string>() ?? "Task", TaskStates.Status(p.Json),
                FhirTime.TryRange(p.Json["restriction"]?["period"]?["end"]?.GetValue<string>(), out var due, out _) ? due : null,
                Name(TaskStates.Owner(p.Json) ?? ""), p.Json["authoredOn"]?.GetValue<string>(), p.Json["statusReason"]?["text"]?.GetValue<string>()))
            .OrderBy(task => task.Status is "completed" or "cancelled" or "rejected").ThenBy(task => task.Due ?? DateTimeOffset.MaxValue)];

    private List<JourneyReferral> Referrals(List<(StoredResource Resource, JsonObject Json)> parsed)
    {
        var tasks = parsed.Where(p => p.Resource.Type == "Task" && TaskStates.Code(p.Json) == TaskCodes.Referral)
            .GroupBy(p => p.Json["focus"]?["reference"]?.GetValue<string>() ?? "").ToDictionary(group => group.Key, group => group.First());
        return [.. parsed.Where(p => p.Resource.Type == "ServiceRequest" && !Systems.IsOrder(p.Json)).Select(p =>
        {
            tasks.TryGetValue($"ServiceRequest/{p.Resource.Id}", out var task);
            string? To(JsonNode? reference) => reference?["reference"]?.GetValue<string>() is { } text ? Name(text.Split('/')[^1]) : null;
            return new JourneyReferral(
                p.Resource.Id, task.Resource?.Id, task.Json?["description"]?.GetValue<string>() ?? p.Json["code"]?["text"]?.GetValue<string>() ?? "Referral",
                task.Json is null ? p.Json["status"]?.GetValue<string>() ?? "unknown" : TaskStates.Status(task.Json), To(p.Json["requester"]),
                To((p.Json["performer"] as JsonArray)?.FirstOrDefault()), p.Json["authoredOn"]?.GetValue<string>(), p.Json["priority"]?.GetValue<string>(),
                task.Json?["statusReason"]?["text"]?.GetValue<string>());
        }).OrderByDescending(referral => referral.Sent, StringComparer.Ordinal)];
    }

    private List<SourceRecord> Records(List<(StoredResource Resource, JsonObject Json)> patients, IReadOnlyList<PatientLink> links)
    {
        var records = new List<SourceRecord>();
        foreach (var (resource, json) in patients)
        {
            var link = links.First(l => l.Patient == resource.Id);
            var source = system.Source(Demographics.Source(json) ?? "");
            records.Add(new(
                resource.Id, source?.Code ?? "record", source?.Name ?? "Written directly to the record", Name(source?.Organisation ?? ""), source?.Setting ?? "",
                source is null ? null : Demographics.LocalId(json, source.IdentifierSystem), Demographics.Name(json), json["birthDate"]?.GetValue<string>(), Demographics.Address(json),
                Demographics.NhsNumber(json).Status, link.Method, link.DecidedAt, resource.LastUpdated));
        }

        return records;
    }

    private string Name(string organisation) => system.Organisation(organisation)?.Name ?? organisation;
}

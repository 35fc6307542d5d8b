using System.Text.Json.Nodes;
using Record.Core;

namespace Record.Tests.Opening;

/// <summary>
/// What a caller sees of the world, worked out in memory from what the people of the world are, by rules written a second time and
/// without a look at how the record keeps them.
/// </summary>
internal sealed class AccessOracle(Access caller)
{
    private static readonly string[] Identity = ["resourceType", "id", "meta", "identifier", "name", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime"];
    private static readonly string[] NotWhere = [.. Identity, "active", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger", "communication", "link"];
    private static readonly Dictionary<string, (string Organisation, string Setting)> Sources = new()
    {
        ["basildon-pas"] = ("RAJ", "acute"), ["mh-community"] = ("R1L", "mental-health"), ["community-nursing"] = ("R1L", "community"), ["simulated-hospital"] = ("RAJ", "acute"),
    };

    private bool Clinical => caller.Role.EndsWith("-clinician", StringComparison.Ordinal);

    /// <summary>Whether the caller may read what belongs to patients at all.</summary>
    public bool Treats => Clinical || caller.Role is "service-manager" or "system";

    /// <summary>Whether the person's record is open to the caller.</summary>
    public bool IsOpen(WorldPerson person) => Treats && (caller.Role == "system" || person.Organisations.Contains(caller.Organisation)
        || person.ServedBy.Intersect(caller.Teams).Any() || person.BrokenBy.Contains(caller.User));

    /// <summary>A version as the caller sees it; null where there is no trace.</summary>
    /// <param name="resource">Of which resource.</param>
    /// <param name="version">The version; null is a deletion.</param>
    /// <param name="finding">Whether people are being found, which shows of strangers who they are.</param>
    public (bool Seen, JsonObject? Json) View(WorldResource resource, JsonObject? version, bool finding)
    {
        if (resource.Person is not { } person) return (true, version);
        if (!Treats) return (false, null);
        if (Closed(resource)) return (false, null);
        if (resource.Type == "Patient")
            return IsOpen(person) && !Foreign(resource, person) ? (true, person.Restricted ? Cut(version, NotWhere, true) : version) : finding ? (true, Minimal(version)) : (false, null);
        if (resource.Type == "Person") return IsOpen(person) ? (true, Cut(version, NotWhere, true)) : (false, null);
        return IsOpen(person) && !Foreign(resource, person) && !Withheld(resource, person) ? (true, version) : (false, null);
    }

    /// <summary>The patient named, or one of the same person whom the caller sees: what the person's other sources say is asked for by any of them.</summary>
    public string? SeenAmong(WorldPerson person, string patient) => AccessWorld.Resources
        .Where(resource => resource.Type == "Patient" && resource.Person == person && View(resource, resource.Versions[^1], false).Seen).Select(resource => resource.Id)
        .OrderBy(id => id != patient).FirstOrDefault();

    /// <summary>How many items of a class are withheld and would be opened by a reason.</summary>
    public int Withheld(WorldPerson person, string seal) => AccessWorld.Resources.Count(resource =>
        resource.Person == person && resource.Type != "Person" && resource.Versions[^1] is not null && !Closed(resource) && Seal(resource) == seal && Withheld(resource, person) && !OfNoUse(resource)
        && !Foreign(resource, person));

    // A source that has no agreement shows what it has to its own organisation only.
    private bool Closed(WorldResource resource) => resource.Source == "simulated-hospital" && caller.Organisation != "RAJ";

    private bool Foreign(WorldResource resource, WorldPerson person) => person.Objects && !person.BrokenBy.Contains(caller.User)
        && (resource.Source is null || Sources[resource.Source].Organisation != caller.Organisation);

    private bool Withheld(WorldResource resource, WorldPerson person) => resource.Label switch
    {
        "adoption" or "gender-recognition" => true,
        "whereabouts" => person.Restricted,
        "PSY" => caller.Role != "mental-health-clinician" || OfNoUse(resource),
        "SEX" => !person.OpenedBy.Contains(caller.User) || OfNoUse(resource),
        "safeguarding" or "third-party" or "R" => true,
        "note" => Sources[resource.Source!].Setting switch
        {
            "mental-health" => caller.Role is "acute-clinician" or "community-clinician" or "service-manager",
            "community" => caller.Role is "acute-clinician" or "service-manager",
            _ => caller.Role == "service-manager",
        },
        _ => OfNoUse(resource),
    };

    // A service manager runs a team and reads no clinical content.
    private bool OfNoUse(WorldResource resource) => caller.Role == "service-manager" && resource.Type is "Observation" or "MedicationRequest" or "DocumentReference" && caller.Role == "service-manager";

    private static string Seal(WorldResource resource) => resource.Label switch
    {
        "PSY" => "mental-health",
        "SEX" => "sexual-health",
        "R" => "confidential",
        "note" => $"{Sources[resource.Source!].Setting}-note",
        var label => label ?? "",
    };

    private static JsonObject? Minimal(JsonObject? patient)
    {
        var cut = Cut(patient, Identity, false);
        if (cut?["identifier"] is JsonArray identifiers)
            cut["identifier"] = new JsonArray([.. identifiers.Where(identifier => (string?)identifier!["system"] == "https://fhir.nhs.uk/Id/nhs-number").Select(identifier => identifier!.DeepClone())]);
        return cut;
    }

    private static JsonObject? Cut(JsonObject? resource, string[] kept, bool withSource)
    {
        if (resource is null) return null;
        var cut = new JsonObject();
        foreach (var (name, value) in resource)
            if (kept.Contains(name)) cut[name] = value?.DeepClone();
        if (cut["meta"] is JsonObject meta)
        {
            meta.Remove("security");
            if (!withSource) meta.Remove("source");
        }

        return cut;
    }
}

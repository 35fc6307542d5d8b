using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// A visit is the fold of its messages by (event time, arrival): what order they came in makes no difference, and what cancels
/// (A11, A12, A13, A23, A25 to A27) undoes what it cancels.
/// </summary>
internal sealed class Visits
{
    private static readonly FieldMap<Visits> Stay = new("PV1")
    {
        { 2, "Encounter.class", (e, v) => e.patientClass = v.Text.ToUpperInvariant() },
        { 3, "Encounter.location and, by the place's kind and team, Encounter.type and the responsible team; a place that is not configured waits" },
        { 4, "Encounter.hospitalization.extension AdmissionMethod (UK Core)", (e, v) => e.draft.Extend(Systems.UkCore("AdmissionMethod"), v, Systems.UkCodes("AdmissionMethodEngland"), "hospitalization") },
        { 7, "Encounter.participant ATND", (e, v) => e.Participants("ATND", v) },
        { 8, "Encounter.participant REF", (e, v) => e.Participants("REF", v) },
        { 9, "Encounter.participant CON", (e, v) => e.Participants("CON", v) },
        { 10, "Encounter.serviceType", (e, v) => e.draft.Set("serviceType", v, Datatypes.ConceptOf(e.draft.Source.IdentifierSystem + "/specialty")) },
        { 13, "Encounter.hospitalization.reAdmission", (e, v) => e.draft.Set("hospitalization.reAdmission", v, Datatypes.ConceptOf("http://terminology.hl7.org/CodeSystem/v2-0092")) },
        { 14, "Encounter.hospitalization.admitSource", (e, v) => e.draft.Set("hospitalization.admitSource", v, Datatypes.ConceptOf(Systems.UkCodes("SourceOfAdmissionEngland"))) },
        { 17, "Encounter.participant ADM", (e, v) => e.Participants("ADM", v) },
        { 19, "Encounter.identifier (decides the visit)" },
        { 36, "Encounter.hospitalization.dischargeDisposition; where PV1-37 is valued, extension DischargeMethod (UK Core)", (e, v) => e.disposition = v.IsNull ? null : v.Text },
        { 37, "Encounter.hospitalization.dischargeDisposition", (e, v) => e.destination = v.IsNull ? null : v.Text },
        { 44, "Encounter.period.start", (e, v) => { if (V2Time.TryParse(v.Text, e.draft.ReceivedAt, out var time)) e.start = time; } },
        { 45, "Encounter.period.end; ignored in A13. A discharge before the admission waits" },
        { 50, "Encounter.identifier (alternate)", (e, v) => e.alternate = Datatypes.Words(v) },
    };

    private static readonly FieldMap<Visits> More = new("PV2")
    {
        { 3, "Encounter.reasonCode.text", (e, v) => e.draft.Set("reasonCode", v, (why, d) => (Datatypes.Words(why.Component(2)) ?? Datatypes.Words(why)) is { } text ? new JsonArray(new JsonObject { ["text"] = text }) : null) },
        { 8, "Encounter.period.start of a planned admission (A05, A14), where PV1-44 is empty", (e, v) => { if (e.start is null && V2Time.TryParse(v.Text, e.draft.ReceivedAt, out var time)) e.expected = time; } },
        { 25, "Encounter.priority", (e, v) => e.draft.Set("priority", v, Datatypes.Concept) },
    };

    private static readonly FieldMap<Visits> Contact = new("ZCT")
    {
        { 1, "Encounter.extension attendance-status, and by it Encounter.status", (e, v) => e.attendance = v.IsNull ? null : v.Text },
        { 2, "Encounter.type consultation mechanism", (e, v) => e.mechanism = v.IsNull ? null : v.Text },
        { 3, "Encounter.extension responsible-team", (e, v) => e.team = v.IsNull ? null : v.Text },
    };

    private readonly List<(SourceLocation Place, string From)> moves = [];
    private readonly Draft draft;
    private string status = "unknown";
    private string patientClass = "";
    private string? disposition, destination, attendance, mechanism, team, alternate;
    private V2Time? start, end, expected;

    public Visits(SourceSystem source) => draft = new("Encounter", source);

    /// <summary>What the fields become.</summary>
    public static IReadOnlyList<IEnumerable<FieldNote>> Fields { get; } = [Stay, More, Contact];

    /// <summary>The local id of the n-th visit of a message: PV1-19, else the account of PID-18; empty if there is none.</summary>
    public static string Key(V2Message message, int place = 1) =>
        message.Segment("PV1", place) is not { Exists: true } visit ? ""
        : visit.Field(19).Text is { Length: > 0 } number ? number : message.Segment("PID", place).Field(18).Text;

    /// <summary>Takes the next message.</summary>
    /// <returns>Why it cannot be mapped; null if it was taken.</returns>
    public string? Take(V2Message message, int nth, string trigger, V2Time eventTime, DateTimeOffset receivedAt)
    {
        var visit = message.Segment("PV1", nth);
        SourceLocation? place = null;
        if (visit.Field(3).Component(1).Text is { Length: > 0 } code && (place = draft.Source.Location(code)) is null)
            return "PV1-3: this location is not configured for the source system; add it to its file and replay";
        draft.ReceivedAt = receivedAt;
        var begun = V2Time.TryParse(visit.Field(44).Text, receivedAt, out var admitted) ? admitted : start;
        var over = V2Time.TryParse(visit.Field(45).Text, receivedAt, out var discharged) && trigger is not "A13";
        if (over && begun is { } first && discharged.Instant < first.Instant && discharged.ToFhirDate() != first.ToFhirDate())
            return "PV1-45: the discharge is before the admission";
        Stay.Apply(this, visit);
        if (over) end = discharged;
        if (nth == 1)
        {
            More.Apply(this, message.Segment("PV2"));
            Contact.Apply(this, message.Segment("ZCT"));
        }

        Event(trigger, eventTime, place);
        return null;
    }

    /// <summary>The Encounter, or null if the messages so far do not say that there was one.</summary>
    public JsonObject? ToEncounter(string patient, string visitKey)
    {
        if (status == "unknown") return null;
        var current = moves.Count > 0 ? moves[^1].Place : null;
        var (source, encounter) = (draft.Source, draft.Json);
        if ((team ?? current?.Team) is { } responsible)
            draft.Append("extension", new JsonObject { ["url"] = Systems.ResponsibleTeam, ["valueReference"] = new JsonObject { ["reference"] = $"Organization/{responsible}" } });
        if (attendance is not null) draft.Append("extension", new JsonObject { ["url"] = Systems.AttendanceStatus, ["valueCode"] = attendance });
        encounter["identifier"] = new JsonArray(new JsonObject { ["system"] = source.IdentifierSystem + "/visit", ["value"] = visitKey });
        if (alternate is not null) draft.Append("identifier", new JsonObject { ["system"] = source.IdentifierSystem + "/visit-alternate", ["value"] = alternate });
        encounter["status"] = status;
        encounter["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = ActCode() };
        if (current is not null) draft.Append("type", Systems.Concept(Systems.PlaceKind, current.Kind));
        if (mechanism is not null) draft.Append("type", Systems.Concept(Systems.Mechanism, Datatypes.Token(mechanism)));
        encounter["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" };
        encounter["period"] = Period();
        Discharge();
        if (moves.Count > 0) encounter["location"] = Locations();
        encounter["serviceProvider"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        return encounter;
    }

    private void Discharge()
    {
        if ((destination ?? disposition) is not { Length: > 0 } where) return;
        draft.Put("hospitalization.dischargeDisposition", Systems.Concept(Systems.DischargeDestination, Datatypes.Token(where)));
        if (destination is { Length: > 0 } && disposition is { Length: > 0 } method)
        {
            var hospitalization = draft.Json["hospitalization"]!.AsObject();
            var extensions = hospitalization["extension"] as JsonArray;
            if (extensions is null) hospitalization["extension"] = extensions = [];
            extensions.Add(new JsonObject { ["url"] = Systems.UkCore("DischargeMethod"), ["valueCodeableConcept"] = Systems.Concept(Systems.UkCodes("DischargeMethodEngland"), Datatypes.Token(method)) });
        }
    }

    private void Participants(string role, V2Value people)
    {
        var others = (draft.Json["participant"] as JsonArray ?? []).Where(p => p?["type"]?[0]?["coding"]?[0]?["code"]?.GetValue<string>() != role).Select(p => p!.DeepClone()).ToList();
        foreach (var person in people.IsNull ? [] : Datatypes.Practitioners(people, draft) as JsonArray ?? [])
            others.Add(new JsonObject
            {
                ["type"] = new JsonArray(Systems.Concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", role)), ["individual"] = person!.DeepClone(),
            });
        draft.Put("participant", others.Count > 0 ? new JsonArray([.. others]) : null);
    }

    private void Event(string trigger, V2Time happened, SourceLocation? place)
    {
        var from = happened.ToFhir();
        switch (trigger)
        {
            case "A01" or "A04" or "A05" or "A14" or "A06" or "A07" or "A10":
                status = trigger is "A05" or "A14" ? (status is "unknown" ? "planned" : status) : status is "finished" ? status : "in-progress";
                if (status is not "planned") start ??= happened;
                Move(place, start?.ToFhir() ?? from);
                if (patientClass == "C" || attendance is not null) Attended(happened);
                break;
            case "A02" or "A17":
                if (status is "unknown" or "planned") status = "in-progress";
                Move(place, from);
                break;
            case "A09" or "A15" or "A16" or "A25" or "A26": // on the way or planned: nothing has happened yet, nothing is undone
                if (status is "unknown") status = "in-progress";
                if (moves.Count == 0) Move(place, start?.ToFhir() ?? from);
                break;
            case "A21": if (status is not ("finished" or "cancelled")) status = "onleave"; break;
            case "A22":
                if (status is "unknown" or "onleave") status = "in-progress";
                Move(place, from);
                break;
            case "A03":
                Move(moves.Count == 0 ? place : null, start?.ToFhir() ?? from);
                status = "finished";
                end ??= happened;
                break;
            case "A11" or "A27": status = "cancelled"; break;
            case "A23": status = "entered-in-error"; break;
            case "A12" when moves.Count > 1: moves.RemoveAt(moves.Count - 1); break;
            case "A13":
                status = "in-progress";
                (end, destination, disposition) = (null, null, null);
                break;
            case "A08":
                if (status is "unknown") status = end is null ? "in-progress" : "finished";
                if (moves.Count == 0) Move(place, start?.ToFhir() ?? from);
                if (patientClass == "C" || attendance is not null) Attended(happened);
                break;
        }
    }

    // NHS Data Dictionary, ATTENDED OR DID NOT ATTEND CODE: 5 seen, 6 arrived late but seen; the others did not take place.
    private void Attended(V2Time happened)
    {
        status = attendance is "5" or "6" ? "finished" : attendance is null ? "in-progress" : "cancelled";
        if (status == "finished") end ??= start ?? happened;
    }

    private void Move(SourceLocation? place, string from)
    {
        if (place is null || (moves.Count > 0 && moves[^1].Place.Code == place.Code)) return;
        moves.Add((place, from));
    }

    private JsonArray Locations()
    {
        var locations = new JsonArray();
        for (var i = 0; i < moves.Count; i++)
            locations.Add(Systems.Location(draft.Source, moves[i].Place, moves[i].From, i + 1 < moves.Count ? moves[i + 1].From : Ends()?.ToFhir()));
        return locations;
    }

    private JsonObject Period()
    {
        var period = new JsonObject();
        if ((start ?? (status == "planned" ? expected : null)) is { } from) period["start"] = from.ToFhir();
        if (Ends() is { } until) period["end"] = until.ToFhir();
        return period;
    }

    // An end that later messages moved the start past is no end.
    private V2Time? Ends() => end is { } until && start is { } from && until.Instant < from.Instant && until.Precision > V2Precision.Day ? null : end;

    private string ActCode() => patientClass switch
    {
        "I" or "B" or "INPATIENT" => "IMP",
        "E" or "EMERGENCY" => "EMER",
        "P" or "PREADMIT" => "PRENC",
        "C" when mechanism is "02" or "04" or "11" => "VR",
        _ => "AMB",
    };
}

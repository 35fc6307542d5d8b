using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Organisations;

namespace Record.Core.Feeds.V2;

/// <summary>A visit is the fold of its messages by (event time, arrival): what order they came in makes no difference.</summary>
internal sealed class V2Visit(SourceSystem source)
{
    private readonly List<(SourceLocation Place, string From)> moves = [];
    private string status = "unknown";
    private string patientClass = "";
    private string? start, end, reason, destination, attendance, mechanism, team;

    /// <summary>Takes the next message.</summary>
    /// <returns>Why it cannot be mapped; null if it was taken.</returns>
    public string? Take(V2Message message, string trigger, V2Time eventTime, DateTimeOffset receivedAt)
    {
        var visit = message.Segment("PV1");
        SourceLocation? place = null;
        if (visit.Field(3).Component(1).Text is { Length: > 0 } code && (place = source.Location(code)) is null)
            return "PV1-3: this location is not configured for the source system; add it to its file and replay";
        var happened = eventTime.ToFhir();
        if (visit.Field(2).HasValue) patientClass = visit.Field(2).Text;
        if (V2Time.TryParse(visit.Field(44).Text, receivedAt, out var admitted)) start = admitted.ToFhir();
        if (V2Time.TryParse(visit.Field(45).Text, receivedAt, out var discharged) && trigger is not "A13") end = discharged.ToFhir();
        if (message.Segment("PV2").Field(3) is { HasValue: true } why) reason = why.Component(2).HasValue ? why.Component(2).Text : why.Text;
        if (visit.Field(36).HasValue) destination = visit.Field(36).Text;
        Contact(message.Segment("ZCT"));
        Event(trigger, happened, place);
        return null;
    }

    /// <summary>The Encounter, or null if the messages so far do not say that there was one.</summary>
    public JsonObject? ToEncounter(string patient, string visitKey)
    {
        if (status == "unknown") return null;
        var current = moves.Count > 0 ? moves[^1].Place : null;
        var encounter = new JsonObject { ["resourceType"] = "Encounter", ["meta"] = Systems.Meta(source) };
        var extensions = new JsonArray();
        if ((team ?? current?.Team) is { } responsible)
            extensions.Add(new JsonObject { ["url"] = Systems.ResponsibleTeam, ["valueReference"] = new JsonObject { ["reference"] = $"Organization/{responsible}" } });
        if (attendance is not null) extensions.Add(new JsonObject { ["url"] = Systems.AttendanceStatus, ["valueCode"] = attendance });
        if (extensions.Count > 0) encounter["extension"] = extensions;
        encounter["identifier"] = new JsonArray(new JsonObject { ["system"] = source.IdentifierSystem + "/visit", ["value"] = visitKey });
        encounter["status"] = status;
        encounter["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = ActCode() };
        var types = new JsonArray();
        if (current is not null) types.Add(Systems.Concept(Systems.PlaceKind, current.Kind));
        if (mechanism is not null) types.Add(Systems.Concept(Systems.Mechanism, mechanism));
        if (types.Count > 0) encounter["type"] = types;
        encounter["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" };
        encounter["period"] = Period(start, end);
        if (reason is not null) encounter["reasonCode"] = new JsonArray(new JsonObject { ["text"] = reason });
        if (destination is not null) encounter["hospitalization"] = new JsonObject { ["dischargeDisposition"] = Systems.Concept(Systems.DischargeDestination, destination) };
        if (moves.Count > 0) encounter["location"] = Locations();
        encounter["serviceProvider"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        return encounter;
    }

    private void Contact(V2Segment contact)
    {
        if (contact.Field(1).HasValue) attendance = contact.Field(1).Text;
        if (contact.Field(2).HasValue) mechanism = contact.Field(2).Text;
        if (contact.Field(3).HasValue) team = contact.Field(3).Text;
    }

    private void Event(string trigger, string happened, SourceLocation? place)
    {
        switch (trigger)
        {
            case "A01" or "A04" or "A05" or "A14" or "A06" or "A07":
                status = trigger is "A05" or "A14" ? (status is "unknown" ? "planned" : status) : status is "finished" ? status : "in-progress";
                if (status is not "planned") start ??= happened;
                Move(place, start ?? happened);
                if (patientClass == "C" || attendance is not null) Attended(happened);
                break;
            case "A02" or "A21" or "A22":
                if (status is "unknown") status = "in-progress";
                Move(place, happened);
                break;
            case "A03":
                Move(moves.Count == 0 ? place : null, start ?? happened);
                status = "finished";
                end ??= happened;
                break;
            case "A11" or "A23" or "A27": status = "cancelled"; break;
            case "A12" when moves.Count > 1: moves.RemoveAt(moves.Count - 1); break;
            case "A13":
                status = "in-progress";
                (end, destination) = (null, null);
                break;
            case "A08":
                if (status is "unknown") status = end is null ? "in-progress" : "finished";
                if (moves.Count == 0) Move(place, start ?? happened);
                if (patientClass == "C" || attendance is not null) Attended(happened);
                break;
        }
    }

    // NHS Data Dictionary, ATTENDED OR DID NOT ATTEND CODE: 5 seen, 6 arrived late but seen; the others did not take place.
    private void Attended(string happened)
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
            locations.Add(Systems.Location(source, moves[i].Place, moves[i].From, i + 1 < moves.Count ? moves[i + 1].From : end));
        return locations;
    }

    private static JsonObject Period(string? from, string? until)
    {
        var period = new JsonObject();
        if (from is not null) period["start"] = from;
        if (until is not null) period["end"] = until;
        return period;
    }

    private string ActCode() => patientClass switch
    {
        "I" => "IMP",
        "E" => "EMER",
        "P" => "PRENC",
        "C" when mechanism is "02" or "04" or "11" => "VR",
        _ => "AMB",
    };
}

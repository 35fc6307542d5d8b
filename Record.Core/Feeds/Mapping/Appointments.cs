using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>Appointments (SIU S12 to S17 and S26): new, moved, changed, cancelled, discontinued, deleted, not attended.</summary>
internal static class Appointments
{
    private static readonly FieldMap<Draft> Schedule = new("SCH")
    {
        { 1, "Appointment.identifier placer-appointment (decides the appointment where SCH-2 is empty)", (a, v) => a.Append("identifier", Datatypes.Identifier(v, a.Source, "placer-appointment")) },
        { 2, "Appointment.identifier filler-appointment (decides the appointment)", (a, v) => a.Append("identifier", Datatypes.Identifier(v, a.Source, "filler-appointment")) },
        { 6, "Appointment.reasonCode (event reason); the reason of a cancellation is cancelationReason" },
        { 7, "Appointment.reasonCode", (a, v) => a.Set("reasonCode", v, Datatypes.Concepts) },
        { 8, "Appointment.appointmentType", (a, v) => a.Set("appointmentType", v, Datatypes.Concept) },
        { 9, "Appointment.minutesDuration, with SCH-10" },
        { 10, "the unit of SCH-9: minutes unless it says S, H or D" },
        { 11, "Appointment.start and end (TQ.4, TQ.5); TQ1-7 and TQ1-8, or AIS-4 and AIS-7, where it is empty" },
        { 16, "Appointment.participant (filler contact), where no AIP says who" },
        { 25, "Appointment.status: Booked booked; Pending, Waitlist, Overbook pending; Arrived, Started arrived; Complete fulfilled; Cancelled, Dc, Deleted, Blocked cancelled; Noshow noshow. Over the trigger, except S15 to S17 and S26" },
        { 26, "Appointment.basedOn: the order", (a, v) => { if (Datatypes.Words(v) is { } order) a.Put("basedOn", new JsonArray(a.Reference("ServiceRequest", order))); } },
    };

    private static readonly FieldNote[] Resources =
    [
        new("TQ1", 7, "Appointment.start"), new("TQ1", 8, "Appointment.end"),
        new("AIS", 3, "Appointment.serviceType"), new("AIS", 4, "Appointment.start, where SCH-11 and TQ1-7 are empty"), new("AIS", 7, "Appointment.minutesDuration and end, where SCH-9 is empty"), new("AIS", 8, "the unit of AIS-7"),
        new("AIL", 3, "Appointment.participant.actor: the place"), new("AIL", 6, "Appointment.start, where no field before it says so"),
        new("AIP", 3, "Appointment.participant.actor: the person"), new("AIP", 6, "Appointment.start, where no field before it says so"),
        new("NTE", 3, "Appointment.comment"), new("ZCT", 1, "Appointment.status: 5, 6 fulfilled; 3, 7 noshow; 2, 4 cancelled (ATTENDED OR DID NOT ATTEND CODE)"),
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("appointment", "Appointments", Keys, Fold, [Schedule, Resources]);

    private static string Number(V2Message message) => message.Segment("SCH") is var schedule && schedule.Field(2).HasValue ? schedule.Field(2).Component(1).Text : schedule.Field(1).Component(1).Text;

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type == "SIU" && Number(reading.Message) is { Length: > 0 and <= 200 } key ? [key] : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var appointment = new Draft("Appointment", source);
        var faults = new List<(long, string)>();
        var status = "proposed";
        foreach (var reading in readings)
        {
            var message = reading.Message;
            appointment.ReceivedAt = reading.ReceivedAt;
            var (start, end, minutes) = Times(message, reading.ReceivedAt);
            if (start is { } from && end is { } until && until.Instant < from.Instant)
            {
                faults.Add((reading.Id, "SCH-11: the appointment ends before it begins"));
                continue;
            }

            Schedule.Apply(appointment, message.Segment("SCH"));
            status = Status(reading.Trigger, message, status);
            if (start is not null) Put(appointment, start, end, minutes);
            Reason(appointment, message.Segment("SCH"), status);
            foreach (var service in message.All("AIS").Take(1)) appointment.Set("serviceType", service.Field(3), Datatypes.Concepts);
            if (string.Join('\n', message.All("NTE").Select(note => Datatypes.Lines(note.Field(3))).OfType<string>()) is { Length: > 0 } comment) appointment.Put("comment", comment);
            appointment.Put("participant", Participants(appointment, message, reading.Stored.PatientKey, status));
        }

        if (!appointment.Json.ContainsKey("participant")) return new([], faults);
        // FHIR app-3: only what is proposed, cancelled or on a waiting list may be without a time.
        appointment.Put("status", !appointment.Json.ContainsKey("start") && status is not ("cancelled" or "entered-in-error") ? "proposed" : status == "entered-in-error" && !appointment.Json.ContainsKey("start") ? "cancelled" : status);
        return new([("Appointment", SourceIds.Of(source.Code, "Appointment", key), appointment.Json)], faults);
    }

    private static string Status(string trigger, V2Message message, string before) => (trigger, message.Segment("SCH").Field(25).Text.ToUpperInvariant(), message.Segment("ZCT").Field(1).Text) switch
    {
        ("S15" or "S16", _, _) => "cancelled",
        ("S17", _, _) => "entered-in-error",
        ("S26", _, _) or (_, _, "3" or "7") or (_, "NOSHOW" or "DNA", _) => "noshow",
        (_, _, "5" or "6") or (_, "COMPLETE" or "COMPLETED", _) => "fulfilled",
        (_, _, "2" or "4") or (_, "CANCELLED" or "CANCELED" or "DC" or "DELETED" or "BLOCKED", _) => "cancelled",
        (_, "ARRIVED" or "STARTED", _) => "arrived",
        (_, "PENDING" or "WAITLIST" or "OVERBOOK", _) => "pending",
        ("S12" or "S13", _, _) or (_, "BOOKED", _) => "booked",
        _ => before is "proposed" ? "booked" : before,
    };

    private static (V2Time? Start, V2Time? End, int? Minutes) Times(V2Message message, DateTimeOffset receivedAt)
    {
        var (schedule, timing, service) = (message.Segment("SCH"), message.Segment("TQ1"), message.All("AIS").FirstOrDefault());
        V2Time? Of(params ReadOnlySpan<V2Value> places)
        {
            foreach (var place in places)
                if (V2Time.TryParse(place.Text, receivedAt, out var time) && time.HasTime) return time;
            return null;
        }

        var start = Of(schedule.Field(11).Component(4), timing.Field(7), service.Field(4), message.All("AIL").FirstOrDefault().Field(6), message.All("AIP").FirstOrDefault().Field(6));
        var end = Of(schedule.Field(11).Component(5), timing.Field(8));
        var minutes = Minutes(schedule.Field(9), schedule.Field(10)) ?? Minutes(service.Field(7), service.Field(8));
        return (start, end, minutes);
    }

    private static void Put(Draft appointment, V2Time? start, V2Time? end, int? minutes)
    {
        appointment.Put("start", start!.Value.ToFhir());
        appointment.Put("minutesDuration", minutes is { } duration ? duration : null);
        appointment.Put("_end", null);
        if (end is null && minutes is { } length) end = start.Value with { Instant = start.Value.Instant.AddMinutes(length) };
        appointment.Put("end", end?.ToFhir());
        if (end is null) // app-2: both or neither; how long it lasts was not said
            appointment.Put("_end", new JsonObject
            {
                ["extension"] = new JsonArray(new JsonObject { ["url"] = "http://hl7.org/fhir/StructureDefinition/data-absent-reason", ["valueCode"] = "unknown" }),
            });
    }

    private static int? Minutes(V2Value length, V2Value unit)
    {
        if (!double.TryParse(length.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        var minutes = unit.Text.ToUpperInvariant() switch { "S" or "SEC" => number / 60, "H" or "HR" => number * 60, "D" or "DAY" => number * 1440, _ => number };
        return minutes is >= 1 and < 100_000 ? (int)Math.Round(minutes) : null;
    }

    // FHIR app-4: a reason of cancellation belongs to what was cancelled or not attended.
    private static void Reason(Draft appointment, V2Segment schedule, string status)
    {
        if (status is "cancelled" or "noshow") appointment.Set("cancelationReason", schedule.Field(6), Datatypes.Concept);
        else
        {
            appointment.Put("cancelationReason", null);
            if (!appointment.Json.ContainsKey("reasonCode")) appointment.Set("reasonCode", schedule.Field(6), Datatypes.Concepts);
        }
    }

    private static JsonArray Participants(Draft appointment, V2Message message, string patient, string status)
    {
        var took = status is "cancelled" or "entered-in-error" ? "declined" : "accepted";
        var participants = new JsonArray(new JsonObject { ["actor"] = appointment.Reference("Patient", patient), ["status"] = took });
        var people = message.All("AIP").Select(person => Datatypes.Practitioner(person.Field(3).Repetition(1), appointment)).OfType<JsonObject>().ToList();
        if (people.Count == 0 && Datatypes.Practitioner(message.Segment("SCH").Field(16).Repetition(1), appointment) is { } contact) people.Add(contact);
        foreach (var person in people) participants.Add(new JsonObject { ["actor"] = person, ["status"] = took });
        foreach (var place in message.All("AIL"))
            if (Datatypes.Words(place.Field(3).Component(1)) is { } code)
                participants.Add(new JsonObject
                {
                    ["actor"] = new JsonObject
                    {
                        ["type"] = "Location", ["identifier"] = new JsonObject { ["system"] = appointment.Source.IdentifierSystem + "/location", ["value"] = code },
                        ["display"] = appointment.Source.Location(code)?.Name ?? code,
                    },
                    ["status"] = took,
                });
        return participants;
    }
}

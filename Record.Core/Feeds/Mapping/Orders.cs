using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// Orders as information (ORM O01, OML O21, ORR O02, and the order that a result answers): a ServiceRequest without a receiver
/// of the record, so that nothing is ordered and no task is made.
/// </summary>
internal static class Orders
{
    private static readonly FieldMap<Draft> Common = new("ORC")
    {
        { 1, "ServiceRequest.status (with ORC-5): NW, OK, SC active; CA, OC, CR, DC, OD revoked; HD, OH on-hold; RL active; DE, UA, OR entered-in-error" },
        { 2, "ServiceRequest.identifier PLAC (decides the order)" },
        { 3, "ServiceRequest.identifier FILL (decides the order where ORC-2 is empty)", (o, v) => o.Append("identifier", Identifier(v, o, "FILL")) },
        { 4, "ServiceRequest.requisition", (o, v) => o.Set("requisition", v, (said, d) => Datatypes.Identifier(said, d.Source, "order-group")) },
        { 5, "ServiceRequest.status: A, IP, SC active; CM completed; CA, DC, RP revoked; HD on-hold; ER entered-in-error" },
        { 9, "ServiceRequest.authoredOn", (o, v) => o.Set("authoredOn", v, Datatypes.DateTime) },
        { 12, "ServiceRequest.requester", (o, v) => o.Set("requester", v, (said, d) => Datatypes.Practitioner(said.Repetition(1), d)) },
        { 16, "ServiceRequest.reasonCode", (o, v) => o.Set("reasonCode", v, Datatypes.Concepts) },
    };

    private static readonly FieldMap<Draft> Request = new("OBR")
    {
        { 2, "ServiceRequest.identifier PLAC, where ORC-2 is empty" },
        { 3, "ServiceRequest.identifier FILL", (o, v) => o.Append("identifier", Identifier(v, o, "FILL")) },
        { 4, "ServiceRequest.code", (o, v) => o.Set("code", v, Datatypes.Concept) },
        { 5, "ServiceRequest.priority", (o, v) => o.Set("priority", v, (said, _) => Priority(said.Text)) },
        { 6, "ServiceRequest.occurrenceDateTime", (o, v) => o.Set("occurrenceDateTime", v, Datatypes.DateTime) },
        { 13, "ServiceRequest.supportingInfo: relevant clinical information as ServiceRequest.note", (o, v) => Note(o, Datatypes.Lines(v)) },
        { 16, "ServiceRequest.requester, where ORC-12 is empty", (o, v) => { if (!o.Json.ContainsKey("requester")) o.Set("requester", v, (said, d) => Datatypes.Practitioner(said.Repetition(1), d)); } },
        { 24, "ServiceRequest.category", (o, v) => o.Set("category", v, (said, _) => new JsonArray(Systems.Concept("http://terminology.hl7.org/CodeSystem/v2-0074", Datatypes.Token(said.Text)))) },
        { 25, "ServiceRequest.status: F, C completed; X revoked; where neither ORC-1 nor ORC-5 says otherwise" },
        { 27, "ServiceRequest.priority (TQ.6), where OBR-5 is empty", (o, v) => { if (!o.Json.ContainsKey("priority")) o.Set("priority", v, (said, _) => Priority(said.Component(6).Text)); } },
        { 31, "ServiceRequest.reasonCode", (o, v) => o.Set("reasonCode", v, Datatypes.Concepts) },
    };

    private static readonly FieldMap<Draft> Timing = new("TQ1")
    {
        { 7, "ServiceRequest.occurrenceDateTime, where OBR-6 is empty", (o, v) => { if (!o.Json.ContainsKey("occurrenceDateTime")) o.Set("occurrenceDateTime", v, Datatypes.DateTime); } },
        { 9, "ServiceRequest.priority", (o, v) => o.Set("priority", v, (said, _) => Priority(said.Text)) },
    };

    private static readonly FieldNote[] Others =
    [
        new("NTE", 3, "ServiceRequest.note, before the first OBX; in a result it is the result's"), new("PV1", 19, "ServiceRequest.encounter: the visit"),
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("order", "Orders, as information", Keys, Fold, [Common, Request, Timing, Others]);

    /// <summary>The number that names an order: the placer's, else the filler's.</summary>
    public static string Number(V2Segment common, V2Segment request) =>
        ((V2Value[])[common.Field(2), request.Field(2), common.Field(3), request.Field(3)]).Select(v => v.Component(1).Text).FirstOrDefault(text => text.Length > 0) ?? "";

    /// <summary>Each order of a message: ORC, the OBR below it, and what lies between them and the next.</summary>
    public static IEnumerable<(V2Segment Common, V2Segment Request, List<V2Segment> Below)> Groups(V2Message message)
    {
        (V2Segment Common, V2Segment Request, List<V2Segment> Below)? open = null;
        foreach (var segment in message.Segments)
        {
            if (segment.Name == "ORC" || (segment.Name == "OBR" && open is not { Request.Exists: false }))
            {
                if (open is { } before) yield return before;
                open = segment.Name == "ORC" ? (segment, default, []) : (default, segment, []);
            }
            else if (segment.Name == "OBR") open = open!.Value with { Request = segment };
            else open?.Below.Add(segment);
        }

        if (open is { } last) yield return last;
    }

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type is "ORM" or "OML" or "ORR" or "ORU" ? Groups(reading.Message).Select(g => Number(g.Common, g.Request)).Where(number => number.Length is > 0 and <= 200) : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var order = new Draft("ServiceRequest", source);
        order.Put("status", "unknown");
        order.Put("intent", "order");
        foreach (var reading in readings)
        {
            order.ReceivedAt = reading.ReceivedAt;
            foreach (var group in Groups(reading.Message).Where(g => Number(g.Common, g.Request) == key))
            {
                var (common, request, below) = group;
                order.Append("identifier", Identifier(common.Field(2).HasValue ? common.Field(2) : request.Field(2), order, "PLAC"));
                Common.Apply(order, common);
                Request.Apply(order, request);
                foreach (var timing in below.Where(s => s.Name == "TQ1")) Timing.Apply(order, timing);
                order.Put("status", Status(common, request, order.Json["status"]!.GetValue<string>()));
                if (Specimens.References(order, group) is { } specimens) order.Put("specimen", specimens);
                if (reading.Type is not "ORU")
                    foreach (var note in below.TakeWhile(s => s.Name != "OBX").Where(s => s.Name == "NTE")) Note(order, Datatypes.Lines(note.Field(3)));
            }

            order.Put("subject", order.Reference("Patient", reading.Stored.PatientKey));
            if (Visits.Key(reading.Message) is { Length: > 0 } visit) order.Put("encounter", order.Reference("Encounter", visit));
        }

        order.Append("category", Systems.Concept(Systems.RequestKind, "order"));
        if (!order.Json.ContainsKey("code")) order.Put("code", new JsonObject { ["text"] = "Order without a stated service" });
        return new([("ServiceRequest", SourceIds.Of(source.Code, "ServiceRequest", key), order.Json)], []);
    }

    // Table 0119 says what is done to the order, table 0038 how it stands; a final result completes it.
    private static string Status(V2Segment common, V2Segment request, string before) => (common.Field(1).Text, common.Field(5).Text, request.Field(25).Text) switch
    {
        (_, "CM", _) => "completed",
        (_, "CA" or "DC" or "RP", _) or ("CA" or "OC" or "CR" or "DC" or "OD" or "DR", _, _) => "revoked",
        (_, "HD", _) or ("HD" or "OH" or "HR", _, _) => "on-hold",
        (_, "ER", _) or ("DE" or "UA" or "OR" or "UC" or "UH" or "UD", _, _) => "entered-in-error",
        (_, _, "F" or "C") => "completed",
        (_, _, "X") => "revoked",
        (_, "A" or "IP" or "SC", _) or ("NW" or "OK" or "SC" or "RL" or "OE" or "NA" or "XO" or "XR", _, _) => before is "completed" ? before : "active",
        _ => before,
    };

    private static JsonNode? Priority(string said) => said switch
    {
        "S" or "STAT" or "CRI" => "stat",
        "A" or "ASAP" => "asap",
        "U" or "UR" or "P" or "C" or "URGENT" => "urgent",
        "R" or "ROUTINE" or "N" => "routine",
        _ => null,
    };

    private static void Note(Draft draft, string? text)
    {
        if (text is not null) draft.Append("note", new JsonObject { ["text"] = text });
    }

    private static JsonObject? Identifier(V2Value value, Draft draft, string type)
    {
        if (Datatypes.Identifier(value, draft.Source, type == "PLAC" ? "placer-order" : "filler-order") is not { } identifier) return null;
        identifier["type"] = Systems.Concept("http://terminology.hl7.org/CodeSystem/v2-0203", type);
        return identifier;
    }
}

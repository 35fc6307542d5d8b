using System.Security.Cryptography;
using Record.Core.Feeds.Mapping;
using Record.Core.Organisations;

namespace Record.Core.Feeds.V2;

/// <summary>What the door says of a message before it is stored.</summary>
/// <param name="Arrival">What to store, refused or not.</param>
/// <param name="Message">The message, if it could be read.</param>
/// <param name="Code">HL7 table 0357 error code; 0 if it is taken.</param>
/// <param name="Place">Where the fault is: <c>PID-3</c>.</param>
public sealed record V2Judgement(Arrival Arrival, V2Message? Message, int Code, string Place);

/// <summary>Checks what must be right before a message is acknowledged: header, version, sender, type, who and when.</summary>
/// <remarks>HL7 v2.5.1 section 2.9.2; error codes are those of table 0357.</remarks>
public sealed class V2Door(CareSystem system)
{
    /// <summary>Judges the bytes of one message.</summary>
    public V2Judgement Judge(ReadOnlyMemory<byte> bytes, DateTimeOffset receivedAt)
    {
        var arrival = new Arrival("unknown", "", "", receivedAt, bytes);
        if (!V2Message.TryParse(bytes, out var message, out var fault)) return Refuse(arrival, null, fault.Code, fault.Place, fault.Reason);
        var header = message.Header;
        var type = header.Field(9);
        arrival = arrival with { ControlId = Short(header.Field(10).Text), Trigger = Short(type.Component(2).Text) };
        var source = system.Sender(header.Field(3).Text, header.Field(4).Text);
        if (source is not null) arrival = arrival with { Source = source.Code };
        if (arrival.ControlId.Length == 0) return Refuse(arrival, message, 101, "MSH-10", "the message control id is missing");
        if (source is null) return Refuse(arrival, message, 103, "MSH-3", "this sending application and facility are not a configured source system");
        if (source.Protocol != "hl7v2") return Refuse(arrival, message, 207, "MSH-3", "this source system is configured to send by another protocol, not HL7 v2");
        if (header.Field(12).Component(1).Text is not ['2', '.', >= '1' and <= '8', ..]) return Refuse(arrival, message, 203, "MSH-12", "only HL7 versions 2.1 to 2.8 are taken");
        var kind = type.Component(1).Text;
        if (!Triggers.TakesType(kind)) return Refuse(arrival, message, 200, "MSH-9.1", "messages of this type are not taken");
        if (!Triggers.Takes(kind, arrival.Trigger)) return Refuse(arrival, message, 201, "MSH-9.2", "this trigger event is not taken");
        return About(arrival, message, source, kind);
    }

    private static V2Judgement About(Arrival arrival, V2Message message, SourceSystem source, string kind)
    {
        var person = message.Segment("PID");
        if (!person.Exists) return Refuse(arrival, message, 100, "PID", "the patient identification segment is missing");
        if (SourcePatients.LocalId(person.Field(3), source) is not { } patient) return Refuse(arrival, message, 101, "PID-3", "the source system's own patient identifier is missing");
        var (place, said) = Happened(message, kind);
        if (!V2Time.TryParse(said, arrival.ReceivedAt, out var time)) return Refuse(arrival, message, 102, place, "the time of the event is missing or is not a time");
        if (time.Instant.Year is < 1900 or > 2200) return Refuse(arrival, message, 102, place, "the time of the event is not a time of our days");
        var names = arrival.Trigger == "A44" || Triggers.IsMerge(arrival.Trigger);
        var merged = names && kind == "ADT" ? SourcePatients.LocalId(message.Segment("MRG").Field(1), source) : null;
        if (merged == patient && arrival.Trigger is "A43" or "A47") (merged, names) = (null, false); // the number stays what it was
        if (names && kind == "ADT" && (merged is null || merged == patient)) return Refuse(arrival, message, 101, "MRG-1", "a merge or a move must name another patient");
        var visit = kind == "ADT" ? Visit(message, arrival.Trigger) : "";
        if (visit.Length > 100 || $"{patient}{merged}{visit}".Contains('\0', StringComparison.Ordinal)) return Refuse(arrival, message, 102, "PV1-19", "an identifier is too long or holds a null character");
        return new(arrival with
        {
            EventTime = time.Instant,
            PatientKey = patient,
            VisitKey = visit.Length > 0 ? visit : null,
            MergedKey = merged,
            Demographics = Digest(message),
        }, message, 0, "");
    }

    private static string Visit(V2Message message, string trigger) => trigger switch
    {
        _ when Triggers.IsOfPatientOnly(trigger) => "",
        "A44" => message.Segment("PV1").Field(19).Text is { Length: > 0 } visit ? visit
            : message.Segment("MRG").Field(3).Text is { Length: > 0 } account ? account : message.Segment("PID").Field(18).Text,
        _ => Visits.Key(message),
    };

    /// <summary>When what a message tells of happened: EVN-6, else EVN-2; of a result OBR-22, of an order ORC-9; else MSH-7.</summary>
    internal static (string Place, string Text) Happened(V2Message message, string kind)
    {
        var (evn, header) = (message.Segment("EVN"), message.Header.Field(7));
        return kind switch
        {
            "ADT" or "MDM" => ("EVN-2", evn.Field(6).HasValue ? evn.Field(6).Text : evn.Field(2).HasValue ? evn.Field(2).Text : header.Text),
            "ORU" when message.Segment("OBR").Field(22) is { HasValue: true } reported => ("OBR-22", reported.Text),
            "ORM" or "OML" when message.Segment("ORC").Field(9) is { HasValue: true } entered => ("ORC-9", entered.Text),
            _ => ("MSH-7", header.Text),
        };
    }

    private static byte[] Digest(V2Message message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var field = 3; field <= 40; field++)
        {
            hash.AppendData(message.Segment("PID").Field(field).Bytes);
            hash.AppendData("|"u8);
        }

        foreach (var field in (int[])[3, 4]) hash.AppendData(message.Segment("PD1").Field(field).Bytes);
        foreach (var kin in message.All("NK1")) hash.AppendData(kin.Bytes);
        return hash.GetHashAndReset();
    }

    private static V2Judgement Refuse(Arrival arrival, V2Message? message, int code, string place, string reason) =>
        new(arrival with { Refusal = $"{place}: {reason}" }, message, code, place);

    // What cannot be stored as text is cut off, never an error: the bytes are kept.
    private static string Short(string text) => (text.Length > 199 ? text[..199] : text).Replace("\0", "", StringComparison.Ordinal);
}

using System.Globalization;
using System.Text;
using Simulator.Journeys;
using Simulator.People;

namespace Simulator.Messages;

/// <summary>Writes an event as HL7 v2.4 ADT, as a UK system would.</summary>
internal static class V2Writer
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    public static byte[] Write(SimulatedEvent happened, string control)
    {
        var known = happened.Person.In(happened.Source);
        var time = Time(happened.At);
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"MSH|^~\\&|{happened.Source.Code}|{happened.Source.Organisation}|MSE-RECORD|MSE|{time}||ADT^{happened.Trigger}^ADT_A01|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8\r");
        text.Append(CultureInfo.InvariantCulture, $"EVN|{happened.Trigger}|{time}||||{time}\r");
        Patient(text, happened, known);
        if (happened.Merged is { } merged) text.Append(CultureInfo.InvariantCulture, $"MRG|{merged}^^^{happened.Source.Code}^PI\r");
        if (happened.Class != default) Visit(text, happened);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Patient(StringBuilder text, SimulatedEvent happened, Registration known)
    {
        var nhs = known.NhsNumber is null ? "" : $"~{known.NhsNumber}^^^NHS^NH";
        var address = $"{happened.Person.Address(known.KnowsMove, happened.At)}^^{happened.Person.Town.Name}^^{happened.Person.Town.Postcode} {1 + happened.Person.Number % 9}AA^GBR^H";
        text.Append(CultureInfo.InvariantCulture, $"PID|1||{happened.OtherLocalId ?? known.LocalId}^^^{happened.Source.Code}^PI{nhs}||{known.Family}^{known.Given}^{known.Middle}^^{(known.Female ? "Ms" : "Mr")}||");
        text.Append(CultureInfo.InvariantCulture, $"{known.Born:yyyyMMdd}|{(known.Female ? 'F' : 'M')}|||{address}||{known.Phone}|||||||||||||||||||{(known.NhsNumber is null ? "" : known.Status)}\r");
        text.Append(CultureInfo.InvariantCulture, $"PD1|||{Practice(happened.Person)}\r");
    }

    private static string Practice(Person person) => $"{person.Town.Name} Health Centre^^F8{person.Town.Name.Length:00}{person.Number % 10}";

    private static void Visit(StringBuilder text, SimulatedEvent happened)
    {
        var fields = new string[46];
        Array.Fill(fields, "");
        fields[0] = "PV1";
        fields[1] = "1";
        fields[2] = happened.Class.ToString();
        fields[3] = $"{happened.Location!.Code.Replace("&", "\\T\\", StringComparison.Ordinal)}^^^{happened.Source.Organisation}";
        fields[19] = VisitId(happened);
        fields[36] = happened.Destination ?? "";
        fields[44] = happened.Start is { } start ? Time(start) : "";
        fields[45] = happened.End is { } end ? Time(end) : "";
        text.AppendJoin('|', fields).Append('\r');
        if (happened.Reason is not null) text.Append(CultureInfo.InvariantCulture, $"PV2|||{happened.Reason}\r");
        if (happened.Attendance is not null) text.Append(CultureInfo.InvariantCulture, $"ZCT|{happened.Attendance}|{happened.Mechanism}|{happened.Location.Team}\r");
    }

    internal static string VisitId(SimulatedEvent happened) => $"{happened.Person.Number}-{happened.Visit}";

    private static string Time(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, London);
        return local.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + (local.Offset == TimeSpan.Zero ? "+0000" : "+0100");
    }
}

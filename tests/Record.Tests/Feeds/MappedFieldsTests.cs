using System.Text;
using Record.Core;
using Record.Core.Feeds;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;
using Testing;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>
/// What the table says of a field is what happens: each field of each message is filled, and what comes out of the message differs
/// exactly where the table says that the field becomes something.
/// </summary>
public class MappedFieldsTests
{
    private const string Delimiters = @"^~\&";
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly CareSystem System = CareSystemReader.Read(Checkout.Config).TryGet(out var read, out _) ? read : throw new InvalidOperationException();
    private static readonly V2Door Door = new(System);
    private static readonly DryRun DryRun = new(Door, System, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now));

    // What a field may say; one of these must show wherever the field becomes something.
    private static readonly string[] Said =
    [
        "01", "03", "20260103080910", "20260104", "7", "Y", "A", "F", "D", "M", "S", "N", "I", "R", "AL", "DA", "SV", "DI", "CA", "CM", "V", "NM", "RP", "5", "60", "Booked", "19", "DC", "basildon-pas", "RAJ", "AMU", "RT", "HD", "R1L",
        "X1^Words^LN", "X2^Smith^Ann^^^Dr", "Smith^Ann", "1 High St^^Basildon^^SS14 1AA", "01632 960999", "5^mL", "^^^20260104101500^20260104111500^U", "^7 mm^^20260104101500", "X3&Smith&Ann", "X4^X5", "8859/1", "\"\"",
    ];

    private static readonly Dictionary<string, Dictionary<string, string[]>> Messages = new()
    {
        ["ADT^A01"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PD1", []), ("NK1", ["2:Smith^Jo"]), ("PV1", ["2:I", "3:AMU", "19:V1"]), ("PV2", []), ("ZCT", []), ("AL1", ["3:X^Nuts"]), ("DG1", ["3:I20^Angina^I10"]), ("PR1", ["3:K40^Bypass^OPCS4"])),
        ["ADT^A03"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", ["2:I", "3:AMU", "19:V1"])),
        ["ADT^A05"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", ["2:I", "3:AMU", "19:V1"]), ("PV2", [])),
        ["ADT^A04"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", ["2:C", "3:AMU", "19:V1"]), ("ZCT", [])),
        ["ADT^A40"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("MRG", ["1:P0^^^basildon-pas^PI"])),
        ["ADT^A44"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("MRG", ["1:P0^^^basildon-pas^PI"])),
        ["ORM^O01"] = Of(("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", []), ("ORC", ["2:O1"]), ("OBR", []), ("TQ1", []), ("NTE", []), ("SPM", [])),
        ["ORR^O02"] = Of(("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", []), ("ORC", ["2:O1"]), ("OBR", []), ("TQ1", []), ("NTE", [])),
        ["ORU^R01"] = Of(("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", []), ("ORC", []), ("OBR", ["3:F1", "4:FBC^Count^LN"]), ("NTE", []), ("OBX", ["5:7"]), ("SPM", [])),
        ["MDM^T02"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", []), ("TXA", ["12:D1"]), ("OBX", ["2:TX", "5:Words"])),
        ["MDM^T06"] = Of(("EVN", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("TXA", ["12:D1"]), ("OBX", ["2:TX", "5:Words"])),
        ["SIU^S12"] = Of(("SCH", ["2:S1"]), ("TQ1", []), ("NTE", []), ("PID", ["3:P1^^^basildon-pas^PI"]), ("PV1", []), ("AIS", []), ("AIL", []), ("AIP", []), ("ZCT", [])),
        ["SIU^S14"] = Of(("SCH", ["2:S1", "11:^^^20260104101500"]), ("PID", ["3:P1^^^basildon-pas^PI"]), ("AIS", [])),
        ["SIU^S15"] = Of(("SCH", ["2:S1"]), ("PID", ["3:P1^^^basildon-pas^PI"])),
        ["REF^I12"] = Of(("RF1", ["6:R1"]), ("PRD", ["1:RT"]), ("PID", ["3:P1^^^basildon-pas^PI"]), ("DG1", []), ("NTE", []), ("PV1", [])),
    };

    private static readonly string[] OfSomeTypes = ["PID-18 "];

    public static TheoryData<string> Types => [.. Messages.Keys.Select(kind => kind.Split('^')[0]).Distinct()];

    private static Dictionary<string, string[]> Of(params (string Name, string[] Needed)[] segments) => segments.ToDictionary(s => s.Name, s => s.Needed);

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_field_changes_what_comes_out_exactly_where_the_table_says_that_it_becomes_something(string type)
    {
        var (became, wrong) = (new Dictionary<string, bool>(), new List<string>());
        foreach (var kind in Messages.Keys.Where(kind => kind.StartsWith(type, StringComparison.Ordinal)))
            foreach (var segment in Messages[kind].Keys.Prepend("MSH"))
                for (var field = segment == "MSH" ? 3 : 1; field <= FieldNames.All[segment].Length; field++)
                {
                    var name = $"{segment}-{field} {FieldNames.All[segment][field - 1]}";
                    var (matters, saysIgnored) = await Try(kind, segment, field);
                    if (matters && saysIgnored) wrong.Add($"{kind} {name}: said to be ignored, but something changes");
                    if (!saysIgnored && !name.EndsWith("Set id", StringComparison.Ordinal)) became[name] = became.GetValueOrDefault(name) | matters;
                }

        // What is said of all messages may hold for some types only: an account is of visits, MRG of merges.
        wrong.AddRange(became.Where(field => !field.Value && !OfSomeTypes.Any(name => field.Key.StartsWith(name, StringComparison.Ordinal))).Select(field => $"{field.Key}: said to become something, but nothing changes"));

        Assert.True(wrong.Count == 0, $"{type}:\n{string.Join('\n', wrong)}");
    }

    // The field matters if, with any of the things it may say, any message with it gives something other than the same without it.
    private static async Task<(bool Matters, bool SaysIgnored)> Try(string kind, string segment, int field)
    {
        var saysIgnored = (await Outcome(Message(kind, segment, field, "X1^Words^LN", []))).Ignored.Contains($"{segment}-{field}");
        foreach (var others in Others(kind, segment, field))
        {
            var without = await Outcome(Message(kind, segment, field, null, others));
            foreach (var said in Said)
                if ((await Outcome(Message(kind, segment, field, said, others))).All != without.All) return (true, saysIgnored);
        }

        return (false, saysIgnored);
    }

    // What else the message says: only what it must, with what it must taken away, and what some fields are read together with.
    private static IEnumerable<Dictionary<(string, int), string>> Others(string kind, string segment, int field)
    {
        yield return [];
        if (Messages[kind].TryGetValue(segment, out var needed) && needed.Length > 0) yield return needed.ToDictionary(n => (segment, Number(n)), _ => "");
        foreach (var beside in Beside.Where(b => b.Segment == segment && b.Field == field)) yield return beside.Said.ToDictionary(s => (s.Segment, s.Field), s => s.Text);
    }

    private static readonly (string Segment, int Field, (string Segment, int Field, string Text)[] Said)[] Beside =
    [
        ("PID", 32, [("PID", 3, "P1^^^basildon-pas^PI~9990000018^^^NHS^NH")]),
        ("OBX", 6, [("OBX", 2, "NM"), ("OBX", 5, "7")]), ("OBX", 1, [("OBX", 5, "7")]),
        ("SCH", 10, [("SCH", 9, "2"), ("SCH", 11, "^^^20260104101500")]), ("SCH", 9, [("SCH", 11, "^^^20260104101500")]),
        ("AIS", 7, [("SCH", 11, "^^^20260104101500")]), ("AIS", 8, [("AIS", 7, "2"), ("SCH", 11, "^^^20260104101500")]), ("TQ1", 8, [("TQ1", 7, "20260104101500")]),
        ("PV1", 37, [("PV1", 36, "1")]),
        ("PRD", 2, [("PRD", 1, "RP")]), ("PRD", 1, [("PRD", 2, "Smith^Ann")]), ("PID", 18, [("PV1", 19, "")]), ("OBR", 2, [("ORC", 2, "")]),
        ("SCH", 25, [("SCH", 11, "^^^20260104101500")]), ("ZCT", 1, [("SCH", 11, "^^^20260104101500")]),
    ];

    private static int Number(string needed) => int.Parse(needed.Split(':')[0], global::System.Globalization.CultureInfo.InvariantCulture);

    private static string Message(string kind, string segment, int field, string? said, Dictionary<(string Segment, int Field), string> others)
    {
        var text = new StringBuilder();
        foreach (var (name, needed) in Messages[kind].Prepend(new("MSH", ["3:basildon-pas", "4:RAJ", "7:20260104101500", $"9:{kind}", "10:C1", "12:2.5.1"])))
        {
            var fields = Enumerable.Repeat("", FieldNames.All[name].Length + 1).ToArray();
            fields[0] = name;
            foreach (var one in needed) fields[Number(one)] = one[(one.IndexOf(':', StringComparison.Ordinal) + 1)..];
            foreach (var ((at, number), value) in others) if (at == name) fields[number] = value;
            if (name == segment) fields[field] = said ?? "";
            text.Append(name == "MSH" ? $"MSH|{Delimiters}|{string.Join('|', fields[3..])}" : string.Join('|', fields)).Append('\r');
        }

        return text.ToString();
    }

    private static async Task<(string All, HashSet<string> Ignored)> Outcome(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var arrival = Door.Judge(bytes, Now).Arrival;
        Assert.True((await DryRun.Try(Access.OfService("test"), bytes, null, CancellationToken.None)).TryGet(out var result, out _));
        var about = $"{arrival.Source}|{arrival.ControlId}|{arrival.Trigger}|{arrival.EventTime:O}|{arrival.PatientKey}|{arrival.VisitKey}|{arrival.MergedKey}|{result.Refusal}|{string.Join(';', result.Faults)}";
        var answer = string.Join('\n', result.Acknowledgement.Split('\n').Where(line => !line.StartsWith("MSH", StringComparison.Ordinal)).Prepend(result.Acknowledgement.Length > 0 ? "answered" : "silent"));
        return ($"{about}\n{answer}\n{string.Join('\n', result.Resources)}", [.. result.Ignored.Select(i => i.Field)]);
    }
}

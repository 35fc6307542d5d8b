using System.Globalization;
using System.Text;

namespace Record.Core.Feeds.Mapping;

/// <summary>Writes docs/feeds/hl7v2-mapping.md from the code that maps: what each trigger does and what each field becomes.</summary>
public static class MappingTable
{
    internal static readonly FieldNote[] Header =
    [
        new("MSH", 1, "the field separator"), new("MSH", 2, "the other delimiters"), new("MSH", 3, "with MSH-4 the source system: Resource.meta.source"),
        new("MSH", 4, "with MSH-3 the source system"), new("MSH", 7, "when it happened, where no other field says so"), new("MSH", 9, "what the message is"),
        new("MSH", 10, "the control id: the same bytes again are answered alike, other bytes are refused (205)"), new("MSH", 12, "2.1 to 2.8 are taken"),
        new("MSH", 15, "which accept acknowledgement is wanted: AL, NE, ER, SU"), new("MSH", 16, "which application acknowledgement is wanted"),
        new("MSH", 18, "the character set of the bytes"), new("EVN", 2, "when it happened, where EVN-6 is empty"), new("EVN", 6, "when it happened"),
        new("MRG", 1, "the patient that ceases (A34, A40, A43, A47) or loses the account (A44)"), new("MRG", 3, "the account that moves (A44)"),
    ];

    private static readonly (string Segment, string Why)[] Passed =
    [
        ("ACC, UB1, UB2, DRG", "accidents, billing"), ("ARV, CON", "access restrictions and consents: a person's protection is set in the record, not by a feed"),
        ("BLG, FT1, GT1, IN1, IN2, IN3", "insurance and charges"), ("CTD, ROL, PRT", "contacts and roles: the people who matter stand in PV1, ORC, AIP and PRD"),
        ("CTI, AUT", "trials, authorisations of payers"), ("DB1, PDA", "disability and autopsy: not held"), ("DSC, SFT, UAC", "technical"),
        ("RGS, AIG", "groups and equipment of an appointment"), ("SAC", "containers: those of a specimen stand in SPM"), ("Z segments but ZCT", "not agreed with the source system"),
    ];

    /// <summary>The whole document.</summary>
    public static string Markdown()
    {
        var names = FieldNames.All;
        var text = new StringBuilder("""
            # HL7 v2: what each message and field becomes

            Generated from the code that maps (`Record.Core/Feeds/Mapping`); a test fails when this file is out of date.
            To write it anew: `dotnet run --project Record.Worker -- mapping-table > docs/feeds/hl7v2-mapping.md`.

            Rules for all: an empty field leaves what was said before, `""` takes it away. What is about one patient, visit, order, report,
            document, appointment or referral is the fold of its messages by (event time, arrival), however late they come.
            What PV1 says beside the number of the visit is taken from ADT messages alone: in others only the fields listed there become something.
            Codes keep the name of their coding system: LN is LOINC, SCT SNOMED CT, I10 ICD-10, OPCS4 OPCS-4, HL7nnnn the table; others stay under the source's own system.

            ## Messages that are taken

            | message | says | does |
            |---|---|---|

            """);
        foreach (var trigger in Triggers.All) text.Append(CultureInfo.InvariantCulture, $"| {trigger.Type}^{trigger.Event} | {trigger.Says} | {trigger.Does} |\n");
        Refusals(text);
        Section(text, "Header, event, merge (all messages)", [Header], names, false);
        Section(text, "Patient (all messages)", SourcePatients.Fields, names, false);
        Section(text, "Visit (ADT about a visit)", Visits.Fields, names, false);
        foreach (var family in Families.All) Section(text, $"{family.Title} ({Of(family)})", family.Fields, names, true);
        text.Append("\n## Segments that are passed over\n\n| segment | why |\n|---|---|\n");
        foreach (var (segment, why) in Passed) text.Append(CultureInfo.InvariantCulture, $"| {segment} | {why} |\n");
        return text.ToString();
    }

    private static void Refusals(StringBuilder text) => text.Append("""

        ## Messages that are refused, or wait

        | where | why | answer | code (table 0357) |
        |---|---|---|---|
        | MSH | not a message, a segment without a name, delimiters that make no sense | AR, CR | 100 |
        | MSH-3, MSH-4 | not a configured source system | AE, CE | 103 |
        | MSH-3 | a source system that is configured for another protocol | AR, CR | 207 |
        | MSH-9.1 | a type that is not listed above | AR, CR | 200 |
        | MSH-9.2 | a trigger event that is not listed above | AR, CR | 201 |
        | MSH-10 | no control id | AE, CE | 101 |
        | MSH-10 | a control id that was used for other bytes | AE, CE | 205 |
        | MSH-12 | a version other than 2.1 to 2.8 | AR, CR | 203 |
        | MSH-18 | a character set that is not known | AE, CE | 103 |
        | PID | no patient | AR, CR | 100 |
        | PID-3 | no number that the source itself gives | AE, CE | 101 |
        | EVN-2, OBR-22, ORC-9, MSH-7 | no time of the event, or none of our days | AE, CE | 102 |
        | MRG-1 | a merge or a move that names no other patient | AE, CE | 101 |
        | PV1-19 | a number longer than 100 characters | AE, CE | 102 |
        | PV1-3 | a place that is not configured | taken; waits | |
        | PV1-45 | a discharge before the admission | taken; waits | |
        | ORC-2, OBR-3, OBR-4, TXA-12, SCH-2, RF1-6 | no number, or no service | taken; waits | |
        | SCH-11 | an appointment that ends before it begins | taken; waits | |

        """);

    private static string Of(Family family) => family.Kind switch
    {
        "order" => "ORM, OML, ORR; the order that an ORU answers",
        "report" => "ORU",
        "specimen" => "ORU, OML, ORM",
        "document" => "MDM",
        "appointment" => "SIU",
        "referral" => "REF, RRI",
        _ => "ADT",
    };

    private static void Section(StringBuilder text, string title, IReadOnlyList<IEnumerable<FieldNote>> fields, IReadOnlyDictionary<string, string[]> names, bool isFamily)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| field | name | becomes |\n|---|---|---|\n");
        foreach (var segment in fields.SelectMany(map => map).GroupBy(note => note.Segment))
        {
            var becomes = segment.ToLookup(note => note.Number, note => note.Becomes);
            for (var i = 1; i <= names[segment.Key].Length; i++)
                if (becomes.Contains(i) || !isFamily || segment.Key is not ("MSH" or "PID" or "PV1")) // what else these become stands above
                text.Append(CultureInfo.InvariantCulture, $"| {segment.Key}-{i} | {names[segment.Key][i - 1]} | {(becomes.Contains(i) ? string.Join("; ", becomes[i]) : FieldNames.Ignored(segment.Key, names[segment.Key][i - 1]))} |\n");
        }
    }
}

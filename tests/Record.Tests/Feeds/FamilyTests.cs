using System.Text.Json.Nodes;
using Record.Core.Feeds;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Each family of messages becomes what the HL7 v2-to-FHIR guide says: https://hl7.org/fhir/uv/v2mappings/.</summary>
public class FamilyTests(FeedRecord feeds) : IClassFixture<FeedRecord>
{
    private const string Source = "basildon-pas";
    private static int counter;

    private async Task<JsonObject> Read(string type, string local)
    {
        var found = await feeds.Record.Store.Read(feeds.Record.Machine, type, SourceIds.Of(Source, type == "Referral" ? "Referral" : type, local), CancellationToken.None);
        Assert.True(found.TryGet(out var resource, out var error), $"{type} {local}: {error?.Detail}");
        return resource.Json();
    }

    private async Task Send(string type, string time, string patient, string rest, string extra = "")
    {
        var (receipt, _) = await feeds.Send($"""
            MSH|^~\&|{Source}|RAJ|MSE-RECORD|MSE|{time}||{type}|fam-{Interlocked.Increment(ref counter)}|P|2.4|||AL|NE|GBR|UNICODE UTF-8{extra}
            PID|1||{patient}^^^{Source}^PI||JONES^Bo||19700101|M
            {rest}
            """);
        Assert.Null(receipt.Reason);
    }

    private async Task<long> Waiting() => (long)(await feeds.Record.Database.Scalar("select count(*) from record.message where state = 'waiting'"))!;

    [Fact]
    public async Task A_result_is_corrected_and_cancelled_by_later_messages_in_whatever_order_they_come()
    {
        const string Corrected = """
            ORC|RE|P1|F1||CM
            OBR|1|P1|F1|us-3^UREA AND ELECTROLYTES^WinPath|||20260104090000|||||||||||||||20260104110000|||C
            OBX|1|NM|k^Potassium^WinPath||5.90|MMOLL|3.5 - 5.3|H|||C
            OBX|2|NM|na^Sodium^WinPath||||||||X
            """;
        await Send("ORU^R01", "20260104110000", "R1", Corrected);
        await Send("ORU^R01", "20260104100000", "R1", """
            PV1|1|I|AMU||||||||||||||||R1V
            ORC|RE|P1|F1||CM
            OBR|1|P1|F1|us-3^UREA AND ELECTROLYTES^WinPath|||20260104090000|||||||||||||||20260104100000|||F
            OBX|1|NM|k^Potassium^WinPath||4.10|MMOLL|3.5 - 5.3||||F
            NTE|1||Haemolysed \T\ repeated
            OBX|2|NM|na^Sodium^WinPath||140|MMOLL|133 - 146|N|||F
            OBX|3|SN|egfr^eGFR^WinPath||>^90|mL/min^^UCUM||||F
            """);

        await feeds.Settle();

        var report = await Read("DiagnosticReport", "F1|us-3");
        Assert.Equal("corrected", report["status"]!.GetValue<string>());
        Assert.Equal($"ServiceRequest/{SourceIds.Of(Source, "ServiceRequest", "P1")}", report["basedOn"]![0]!["reference"]!.GetValue<string>());
        Assert.Equal(3, report["result"]!.AsArray().Count);
        var potassium = await Read("Observation", "F1|us-3|k||1");
        Assert.Equal("corrected", potassium["status"]!.GetValue<string>());
        Assert.Equal("5.90", potassium["valueQuantity"]!["value"]!.ToJsonString());
        Assert.Equal(("mmol/L", "3.5"), (potassium["valueQuantity"]!["code"]!.GetValue<string>(), potassium["referenceRange"]![0]!["low"]!["value"]!.ToJsonString()));
        Assert.Equal("H", potassium["interpretation"]![0]!["coding"]![0]!["code"]!.GetValue<string>());
        var sodium = await Read("Observation", "F1|us-3|na||1");
        Assert.Equal(("cancelled", "140"), (sodium["status"]!.GetValue<string>(), sodium["valueQuantity"]!["value"]!.ToJsonString()));
        Assert.Equal(">", (await Read("Observation", "F1|us-3|egfr||1"))["valueQuantity"]!["comparator"]!.GetValue<string>());
        Assert.Equal("completed", (await Read("ServiceRequest", "P1"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_specimen_of_an_order_is_the_one_its_result_is_of()
    {
        await Send("ORU^R01^ORU_R01", "20260104110000", "SP1", """
            ORC|RE|PS1|FS1||CM
            OBR|1|PS1|FS1|wound^WOUND CULTURE^WinPath|||20260104090000|||||||||||||||20260104110000|||F
            OBX|1|ST|org^Organism^WinPath||Staphylococcus aureus||||||F
            SPM|1|PLC-7^LAB-7||SWAB^Wound swab^HL70487||||||||2^mL|||||20260104083000|20260104100000||Y||||FROZ^Frozen
            """);
        await Send("OML^O21", "20260104080000", "SP1", "ORC|NW|PS1\nOBR|1|PS1||wound^WOUND CULTURE^WinPath\nSPM|1|PLC-7^LAB-7||SWAB^Wound swab^HL70487||||LL^Left leg");
        await feeds.Settle();

        var specimen = await Read("Specimen", "LAB-7");

        Assert.Equal(("available", "2026-01-04T10:00:00+00:00"), (specimen["status"]!.GetValue<string>(), specimen["receivedTime"]!.GetValue<string>()));
        Assert.Equal(("2026-01-04T08:30:00+00:00", "2", "LL"), (specimen["collection"]!["collectedDateTime"]!.GetValue<string>(), specimen["collection"]!["quantity"]!["value"]!.ToJsonString(), specimen["collection"]!["bodySite"]!["coding"]![0]!["code"]!.GetValue<string>()));
        Assert.Equal(["PLC-7", "LAB-7"], specimen["identifier"]!.AsArray().Select(i => i!["value"]!.GetValue<string>()));
        var reference = $"Specimen/{SourceIds.Of(Source, "Specimen", "LAB-7")}";
        Assert.Equal(reference, (await Read("DiagnosticReport", "FS1|wound"))["specimen"]![0]!["reference"]!.GetValue<string>());
        Assert.Equal(reference, (await Read("Observation", "FS1|wound|org||1"))["specimen"]!["reference"]!.GetValue<string>());
        Assert.Equal(reference, (await Read("ServiceRequest", "PS1"))["specimen"]![0]!["reference"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_order_is_kept_as_information_answered_and_cancelled_and_makes_no_task()
    {
        await Send("ORM^O01", "20260104080000", "O1", "ORC|NW|P9|||SC||||20260104080000|||C1^Hart^Amy^^^Dr^^^GMC\nOBR|1|P9||fbc^Full blood count^WinPath|S\nNTE|1||Please before noon");
        await feeds.Settle();
        var placed = await Read("ServiceRequest", "P9");

        await Send("ORR^O02", "20260104080500", "O1", "ORC|OK|P9|F9||IP");
        await Send("ORM^O01", "20260104090000", "O1", "ORC|CA|P9|F9||CA||||20260104090000\nOBR|1|P9|F9|fbc^Full blood count^WinPath");
        await feeds.Settle();

        Assert.Equal(("active", "order", "stat"), (placed["status"]!.GetValue<string>(), placed["intent"]!.GetValue<string>(), placed["priority"]!.GetValue<string>()));
        Assert.Equal("https://fhir.hl7.org.uk/Id/gmc-number", placed["requester"]!["identifier"]!["system"]!.GetValue<string>());
        var cancelled = await Read("ServiceRequest", "P9");
        Assert.Equal("revoked", cancelled["status"]!.GetValue<string>());
        Assert.Equal(["P9", "F9"], cancelled["identifier"]!.AsArray().Select(i => i!["value"]!.GetValue<string>()));
        Assert.Null(cancelled["performer"]);
    }

    [Fact]
    public async Task A_document_is_replaced_gets_an_addendum_and_is_cancelled()
    {
        await Send("MDM^T02^MDM_T02", "20260104100000", "D1", "EVN|T02|20260104100000\nTXA|1|CN||20260104|G1^Hart^Amy|||||||DOC1|||||AU\nOBX|1|TX|c^Clinic letter||First line\nOBX|2|TX|c^Clinic letter||Second line");
        await Send("MDM^T06^MDM_T02", "20260104110000", "D1", "EVN|T06|20260104110000\nTXA|1|CN||20260104||||||||DOC2|DOC1||||AU\nOBX|1|ED|c^Scan||^application^pdf^Base64^JVBERi0=");
        await Send("MDM^T10^MDM_T02", "20260104120000", "D1", "EVN|T10|20260104120000\nTXA|1|CN||20260104||||||||DOC3|DOC1||||AU\nOBX|1|TX|c^Clinic letter||Better");
        await Send("MDM^T11", "20260104130000", "D1", "EVN|T11|20260104130000\nTXA|1|CN||20260104||||||||DOC2|DOC1||||CA");

        await feeds.Settle();

        var first = await Read("DocumentReference", "DOC1");
        Assert.Equal("superseded", first["status"]!.GetValue<string>());
        Assert.Equal("First line\nSecond line", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(first["content"]![0]!["attachment"]!["data"]!.GetValue<string>())));
        var addendum = await Read("DocumentReference", "DOC2");
        Assert.Equal(("entered-in-error", "appends"), (addendum["status"]!.GetValue<string>(), addendum["relatesTo"]![0]!["code"]!.GetValue<string>()));
        Assert.Equal("application/pdf", addendum["content"]![0]!["attachment"]!["contentType"]!.GetValue<string>());
        var second = await Read("DocumentReference", "DOC3");
        Assert.Equal(("current", "replaces"), (second["status"]!.GetValue<string>(), second["relatesTo"]![0]!["code"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("S12", "", "booked")]
    [InlineData("S13", "", "booked")]
    [InlineData("S15", "", "cancelled")]
    [InlineData("S17", "", "entered-in-error")]
    [InlineData("S26", "", "noshow")]
    [InlineData("S14", "\nZCT|5", "fulfilled")]
    [InlineData("S14", "\nZCT|3", "noshow")]
    public async Task An_appointment_stands_as_its_last_message_says(string trigger, string more, string status)
    {
        var id = $"AP-{trigger}-{status}";
        await Send("SIU^S12", "20260104100000", "S1", $"SCH||{id}||||NEW|Asthma review|FUP|30|min|^^^202602101400^202602101430||||||||||||||Booked\nAIL|1||OPD\nAIP|1||C7^Mills^Sam^^^Dr^^^GMC");
        if (trigger != "S12") await Send($"SIU^{trigger}", "20260104110000", "S1", $"SCH||{id}||||PAT|Asthma review|FUP|30|min|^^^202602101500^202602101530{more}");

        await feeds.Settle();

        var appointment = await Read("Appointment", id);
        Assert.Equal(status, appointment["status"]!.GetValue<string>());
        Assert.Equal(trigger == "S12" ? "2026-02-10T14:00:00+00:00" : "2026-02-10T15:00:00+00:00", appointment["start"]!.GetValue<string>());
        Assert.Contains(appointment["participant"]!.AsArray(), p => p!["actor"]!["display"]?.GetValue<string>() == (trigger == "S12" ? "Outpatients" : null));
    }

    [Fact]
    public async Task A_referral_to_a_configured_team_opens_its_task_and_a_cancelled_one_is_revoked()
    {
        const string Referral = "RF1|P^Pending|U^Urgent|MH^Mental health assessment||O|REF77|20260104\nPRD|RP|HART^Amy^^^Dr\nPRD|RT|TEAM|||||R1L-CMHT-BAS|||Community team\nDG1|1||F32^Depressive episode^I10";
        await Send("REF^I12^REF_I12", "20260104100000", "RF1", Referral);
        await feeds.Settle();
        var id = SourceIds.Of(Source, "Referral", "REF77");
        var sent = await feeds.Record.Store.Read(feeds.Record.Machine, "ServiceRequest", id, CancellationToken.None);
        var task = await feeds.Record.Store.Read(feeds.Record.Machine, "Task", SourceIds.Of("record", "referral", id), CancellationToken.None);

        await Send("RRI^I12^RRI_I12", "20260104103000", "RF1", "RF1|A^Accepted|||||REF77");
        await Send("REF^I14^REF_I12", "20260104110000", "RF1", Referral);
        await feeds.Settle();
        var revoked = await feeds.Record.Store.Read(feeds.Record.Machine, "ServiceRequest", id, CancellationToken.None);

        Assert.True(sent.TryGet(out var request, out _));
        Assert.Equal(("active", "urgent"), (request.Json()["status"]!.GetValue<string>(), request.Json()["priority"]!.GetValue<string>()));
        Assert.Equal("Organization/R1L-CMHT-BAS", request.Json()["performer"]![0]!["reference"]!.GetValue<string>());
        Assert.True(task.TryGet(out var made, out _));
        Assert.Equal("Organization/R1L-CMHT-BAS", made.Json()["owner"]!["reference"]!.GetValue<string>());
        Assert.True(revoked.TryGet(out request, out _));
        Assert.Equal("revoked", request.Json()["status"]!.GetValue<string>());
        Assert.Contains("accepted", request.Json()["note"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_patients_swap_their_beds()
    {
        await feeds.Send(feeds.Adt(Source, "A01", "20260104080000", "SW1", "9990000018", FeedRecord.Stay("AMU", "SWV1")));
        await feeds.Send(feeds.Adt(Source, "A01", "20260104080000", "SW2", "9990000026", FeedRecord.Stay("LISTER", "SWV2")));
        await feeds.Send(feeds.Adt(Source, "A17", "20260104120000", "SW1", "9990000018", FeedRecord.Stay("LISTER", "SWV1") + $"\nPID|1||SW2^^^{Source}^PI||SMITH^Anna||19800201|F\n" + FeedRecord.Stay("AMU", "SWV2")));

        await feeds.Settle();

        var (one, two) = (await Read("Encounter", "SWV1"), await Read("Encounter", "SWV2"));
        Assert.Equal(["Acute medical unit", "Lister ward"], one["location"]!.AsArray().Select(l => l!["location"]!["display"]!.GetValue<string>()));
        Assert.Equal(["Lister ward", "Acute medical unit"], two["location"]!.AsArray().Select(l => l!["location"]!["display"]!.GetValue<string>()));
        Assert.Equal($"Patient/{SourceIds.Of(Source, "Patient", "SW2")}", two["subject"]!["reference"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_moved_account_takes_its_visits_along_whichever_message_is_mapped_first(bool moveFirst)
    {
        var n = moveFirst ? "1" : "2";
        var admit = feeds.Adt(Source, "A01", "20260104080000", $"MA{n}", "9990000018", FeedRecord.Stay("AMU", $"MAV{n}")).Replace("||01632 960999||||||||||||||", $"||01632 960999|||||ACC{n}|||||||||", StringComparison.Ordinal);
        var move = feeds.Adt(Source, "A44", "20260105080000", $"MB{n}", "9990000026", $"MRG|MA{n}^^^{Source}^PI||ACC{n}");
        foreach (var message in moveFirst ? (string[])[move, admit] : [admit, move])
        {
            Assert.Null((await feeds.Send(message)).Receipt.Reason);
            await feeds.Settle();
        }

        var visit = await Read("Encounter", $"MAV{n}");

        Assert.Equal($"Patient/{SourceIds.Of(Source, "Patient", $"MB{n}")}", visit["subject"]!["reference"]!.GetValue<string>());
        if (!moveFirst) Assert.True((await Read("Patient", $"MA{n}"))["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task What_cancels_undoes_what_it_cancels()
    {
        foreach (var (trigger, time, place, end) in ((string, string, string, string?)[])[("A01", "0800", "AMU", null), ("A02", "0900", "LISTER", null), ("A12", "0930", "AMU", null), ("A03", "1200", "AMU", "202601041200"), ("A13", "1300", "AMU", null)])
            await feeds.Send(feeds.Adt(Source, trigger, $"20260104{time}00", "C1", "9990000018", FeedRecord.Stay(place, "CV1", end is null ? null : "19", end)));
        await feeds.Send(feeds.Adt(Source, "A01", "20260104080000", "C1", "9990000018", FeedRecord.Stay("AMU", "CV2")));
        await feeds.Send(feeds.Adt(Source, "A11", "20260104081000", "C1", "9990000018", FeedRecord.Stay("AMU", "CV2")));
        await feeds.Send(feeds.Adt(Source, "A23", "20260104081000", "C1", "9990000018", FeedRecord.Stay("AMU", "CV3")));

        await feeds.Settle();

        var stay = await Read("Encounter", "CV1");
        Assert.Equal("in-progress", stay["status"]!.GetValue<string>());
        Assert.Null(stay["period"]!["end"]);
        Assert.Null(stay["hospitalization"]);
        Assert.Equal(["Acute medical unit"], stay["location"]!.AsArray().Select(l => l!["location"]!["display"]!.GetValue<string>()));
        Assert.Equal("cancelled", (await Read("Encounter", "CV2"))["status"]!.GetValue<string>());
        Assert.Equal("entered-in-error", (await Read("Encounter", "CV3"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Allergies_diagnoses_and_procedures_of_a_visit_become_resources()
    {
        await feeds.Send(feeds.Adt(Source, "A01", "20260104080000", "AL1", "9990000018", FeedRecord.Stay("AMU", "ALV") + "\nAL1|1|DA|pen^Penicillin|SV|Anaphylaxis~Rash\nDG1|1||J45^Asthma^I10||20260104|F\nPR1|1||K40^Bypass^OPCS4||20260104"));

        await feeds.Settle();

        var allergy = await Read("AllergyIntolerance", "AL1|pen");
        Assert.Equal(("high", "medication"), (allergy["criticality"]!.GetValue<string>(), allergy["category"]![0]!.GetValue<string>()));
        Assert.Equal(2, allergy["reaction"]![0]!["manifestation"]!.AsArray().Count);
        Assert.Equal("http://hl7.org/fhir/sid/icd-10", (await Read("Condition", "ALV|J45"))["code"]!["coding"]![0]!["system"]!.GetValue<string>());
        Assert.Equal("completed", (await Read("Procedure", "ALV|K40"))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("ORU^R01", "OBR|1|||x^X", "OBR-3:")]
    [InlineData("MDM^T02", "TXA|1|CN", "TXA-12:")]
    [InlineData("SIU^S12", "SCH||", "SCH-2:")]
    [InlineData("REF^I12", "RF1|P", "RF1-6:")]
    [InlineData("ORM^O01", "ORC|NW", "ORC-2:")]
    public async Task A_message_without_the_number_of_what_it_is_about_waits_with_the_place(string type, string rest, string place)
    {
        var before = await Waiting();
        await Send(type, "20260104080000", "W1", rest);

        await feeds.Settle();

        Assert.Equal(before + 1, await Waiting());
        Assert.Equal(1L, await feeds.Record.Database.Scalar($"select count(*) from record.message where state = 'waiting' and reason like '{place}%'"));
    }
}

using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>Diagnoses and procedures (DG1, PR1 of an ADT message): a Condition and a Procedure for each code that was said of a visit.</summary>
internal static class Diagnoses
{
    private static readonly FieldMap<Draft> Diagnosis = new("DG1")
    {
        { 3, "Condition.code (with the visit decides the diagnosis)", (c, v) => c.Set("code", v, Datatypes.Concept) },
        { 4, "Condition.code.text, where DG1-3 has none", (c, v) => { if (!c.Json.ContainsKey("code") && Datatypes.Words(v) is { } text) c.Put("code", new JsonObject { ["text"] = text }); } },
        { 5, "Condition.onsetDateTime", (c, v) => c.Set("onsetDateTime", v, Datatypes.DateTime) },
        { 6, "Condition.verificationStatus: W provisional, F confirmed, A (admitting) provisional", (c, v) => c.Put("verificationStatus", Systems.Concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", v.Text == "F" ? "confirmed" : "provisional")) },
        { 16, "Condition.asserter", (c, v) => c.Set("asserter", v, (said, d) => Datatypes.Practitioner(said.Repetition(1), d)) },
        { 19, "Condition.recordedDate", (c, v) => c.Set("recordedDate", v, Datatypes.DateTime) },
        { 21, "D: Condition.verificationStatus entered-in-error" },
    };

    private static readonly FieldMap<Draft> Operation = new("PR1")
    {
        { 3, "Procedure.code (with the visit decides the procedure)", (p, v) => p.Set("code", v, Datatypes.Concept) },
        { 4, "Procedure.code.text, where PR1-3 has none", (p, v) => { if (!p.Json.ContainsKey("code") && Datatypes.Words(v) is { } text) p.Put("code", new JsonObject { ["text"] = text }); } },
        { 5, "Procedure.performedDateTime", (p, v) => p.Set("performedDateTime", v, Datatypes.DateTime) },
        { 11, "Procedure.performer", (p, v) => p.Set("performer", v, (said, d) => Datatypes.Practitioner(said.Repetition(1), d) is { } surgeon ? new JsonArray(new JsonObject { ["actor"] = surgeon }) : null) },
        { 20, "D: Procedure.status entered-in-error" },
    };

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("diagnosis", "Diagnoses and procedures", Keys, Fold, [Diagnosis, Operation]);

    private static string Key(Reading reading) => Visits.Key(reading.Message) is { Length: > 0 } visit ? visit : $"patient {reading.Stored.PatientKey}";

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type == "ADT" && reading.Trigger is not "A17" && (reading.Message.Segment("DG1").Exists || reading.Message.Segment("PR1").Exists) ? [Key(reading)] : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var said = new Dictionary<(string Type, string Code), Draft>();
        foreach (var reading in readings)
        {
            foreach (var segment in reading.Message.All("DG1"))
                if (Of("Condition", segment, reading, said) is { } condition)
                {
                    Diagnosis.Apply(condition, segment);
                    condition.Put("category", new JsonArray(Systems.Concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis")));
                    if (segment.Field(21).Text == "D") condition.Put("verificationStatus", Systems.Concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error"));
                }

            foreach (var segment in reading.Message.All("PR1"))
                if (Of("Procedure", segment, reading, said) is { } procedure)
                {
                    procedure.Put("status", segment.Field(20).Text == "D" ? "entered-in-error" : "completed");
                    Operation.Apply(procedure, segment);
                }
        }

        return new([.. said.Select(pair => (pair.Key.Type, SourceIds.Of(source.Code, pair.Key.Type, $"{key}|{pair.Key.Code}"), pair.Value.Json))], []);
    }

    private static Draft? Of(string type, V2Segment segment, Reading reading, Dictionary<(string, string), Draft> said)
    {
        var code = segment.Field(3).Component(1).Text is { Length: > 0 } coded ? coded : Datatypes.Words(segment.Field(3).Component(2)) ?? Datatypes.Words(segment.Field(4)) ?? "";
        if (code.Length == 0) return null;
        if (!said.TryGetValue((type, code), out var draft)) said[(type, code)] = draft = new Draft(type, reading.Source);
        draft.ReceivedAt = reading.ReceivedAt;
        draft.Put("subject", draft.Reference("Patient", reading.Stored.PatientKey));
        if (Visits.Key(reading.Message) is { Length: > 0 } visit) draft.Put("encounter", draft.Reference("Encounter", visit));
        return draft;
    }
}

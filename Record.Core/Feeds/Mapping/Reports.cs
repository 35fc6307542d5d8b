using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// Results (ORU R01): a DiagnosticReport for each filler order number and service, with an Observation for each OBX. A later
/// message corrects, cancels or adds to what an earlier one said of the same observation (OBX-3 and OBX-4, and its place where
/// a message says the same one twice).
/// </summary>
internal static class Reports
{
    private static readonly FieldMap<Draft> Service = new("OBR")
    {
        { 2, "DiagnosticReport.basedOn: the order's ServiceRequest" },
        { 3, "DiagnosticReport.identifier FILL (decides the report; OBR-2 where it is empty)", (r, v) => r.Put("identifier", Datatypes.Identifier(v, r.Source, "filler-order") is { } filler ? new JsonArray(filler) : null) },
        { 4, "DiagnosticReport.code; without it the message waits", (r, v) => r.Set("code", v, Datatypes.Concept) },
        { 7, "DiagnosticReport.effectiveDateTime", (r, v) => r.Set("effectiveDateTime", v, Datatypes.DateTime) },
        { 22, "DiagnosticReport.issued; with MSH-7 it orders versions", (r, v) => r.Set("issued", v, Datatypes.Instant) },
        { 24, "DiagnosticReport.category", (r, v) => r.Set("category", v, (said, _) => new JsonArray(Systems.Concept("http://terminology.hl7.org/CodeSystem/v2-0074", Datatypes.Token(said.Text)))) },
        { 25, "DiagnosticReport.status: O, I, S registered; A, R partial; P preliminary; F final; C corrected; X cancelled", (r, v) => r.Put("status", Status(v.Text)) },
        { 32, "DiagnosticReport.resultsInterpreter", (r, v) => r.Set("resultsInterpreter", v, (said, d) => Interpreter(said, d)) },
    };

    private static readonly FieldNote[] Others =
    [
        new("NTE", 3, "Observation.note below an OBX; DiagnosticReport.conclusion below the OBR"),
        new("PV1", 19, "DiagnosticReport.encounter, Observation.encounter: the visit"),
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("report", "Results", Keys, Fold, [Service, Observations.Fields, Others]);

    private static string Filler(V2Segment common, V2Segment request) =>
        ((V2Value[])[request.Field(3), common.Field(3), request.Field(2), common.Field(2)]).Select(v => v.Component(1).Text).FirstOrDefault(text => text.Length > 0) ?? "";

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type == "ORU" ? Orders.Groups(reading.Message).Where(g => g.Request.Exists).Select(g => Filler(g.Common, g.Request)).Where(key => key.Length is > 0 and <= 200) : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var reports = new Dictionary<string, Draft>(StringComparer.Ordinal);
        var observations = new Dictionary<string, Draft>(StringComparer.Ordinal);
        var faults = new List<(long, string)>();
        foreach (var reading in readings)
        {
            foreach (var group in Orders.Groups(reading.Message).Where(g => g.Request.Exists && Filler(g.Common, g.Request) == key))
            {
                var (common, request, _) = group;
                if (Datatypes.Words(request.Field(4)) is not { } service)
                {
                    faults.Add((reading.Id, "OBR-4: a result must say which service it is of"));
                    break;
                }

                if (!reports.TryGetValue(service, out var report)) reports[service] = report = new Draft("DiagnosticReport", source);
                report.ReceivedAt = reading.ReceivedAt;
                Service.Apply(report, request);
                if (Orders.Number(common, request) is { Length: > 0 } order) report.Put("basedOn", new JsonArray(report.Reference("ServiceRequest", order)));
                Context(report, reading);
                if (Specimens.References(report, group) is { } specimens) report.Put("specimen", specimens);
                Observe(report, $"{key}|{service}", group, reading, observations);
            }
        }

        foreach (var report in reports.Values)
            if (!report.Json.ContainsKey("status")) report.Put("status", "unknown");
        return new([
            .. reports.Select(pair => ("DiagnosticReport", SourceIds.Of(source.Code, "DiagnosticReport", $"{key}|{pair.Key}"), pair.Value.Json)),
            .. observations.Select(pair => ("Observation", SourceIds.Of(source.Code, "Observation", pair.Key), pair.Value.Json))], faults);
    }

    private static void Observe(
        Draft report, string key, (V2Segment Common, V2Segment Request, List<V2Segment> Below) group, Reading reading, Dictionary<string, Draft> observations)
    {
        var specimen = Specimens.References(report, group) is [var only] ? only : null; // which of several an observation is of is not said
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        Draft? last = null;
        foreach (var segment in group.Below)
        {
            if (segment.Name == "NTE" && Datatypes.Lines(segment.Field(3)) is { } comment)
            {
                if (last is not null) last.Append("note", new JsonObject { ["text"] = comment });
                else report.Put("conclusion", report.Json["conclusion"]?.GetValue<string>() is { } before && !before.Contains(comment, StringComparison.Ordinal) ? $"{before}\n{comment}" : comment);
            }

            if (segment.Name != "OBX") continue;
            var name = $"{segment.Field(3).Component(1).Text}|{segment.Field(4).Text}";
            if (name == "|") name = $"set {segment.Field(1).Text}";
            seen[name] = seen.GetValueOrDefault(name) + 1;
            var id = $"{key}|{name}|{seen[name]}";
            if (segment.Field(2).Text is "ED" or "RP")
            {
                last = null;
                if (Documents.Attachment(segment, report) is { } form) report.Append("presentedForm", form);
                continue;
            }

            if (!observations.TryGetValue(id, out last))
            {
                observations[id] = last = new Draft("Observation", report.Source);
                report.Append("result", report.Reference("Observation", id));
            }

            last.ReceivedAt = reading.ReceivedAt;
            last.Put("note", null); // comments belong to the version that brought them
            last.Put("category", new JsonArray(Systems.Concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")));
            Observations.Apply(last, segment, group.Request);
            if (specimen is not null) last.Put("specimen", specimen.DeepClone());
            Context(last, reading);
        }
    }

    private static void Context(Draft draft, Reading reading)
    {
        draft.Put("subject", draft.Reference("Patient", reading.Stored.PatientKey));
        if (Visits.Key(reading.Message) is { Length: > 0 } visit) draft.Put("encounter", draft.Reference("Encounter", visit));
    }

    private static JsonNode Status(string said) => said switch
    {
        "O" or "I" or "S" => "registered",
        "A" or "R" => "partial",
        "P" => "preliminary",
        "F" => "final",
        "C" => "corrected",
        "X" => "cancelled",
        _ => "unknown",
    };

    // OBR-32 is an NDL: the person's XCN stands in its first component as sub-components.
    private static JsonArray? Interpreter(V2Value said, Draft draft)
    {
        var person = said.Component(1);
        var name = string.Join(' ', ((int[])[3, 2]).Select(place => Datatypes.Words(person.Subcomponent(place))).OfType<string>());
        var reference = new JsonObject { ["type"] = "Practitioner" };
        if (Datatypes.Words(person.Subcomponent(1)) is { } number) reference["identifier"] = new JsonObject { ["system"] = draft.Source.IdentifierSystem + "/practitioner", ["value"] = number };
        if (name.Length > 0) reference["display"] = name;
        return reference.Count > 1 ? new JsonArray(reference) : null;
    }
}

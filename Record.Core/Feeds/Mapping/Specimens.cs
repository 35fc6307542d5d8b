using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>Specimens (SPM of a laboratory order or a result): a Specimen for each number; report, order and observation refer to it.</summary>
/// <remarks>https://hl7.org/fhir/uv/v2mappings/ConceptMap-segment-spm-to-specimen.html.</remarks>
internal static class Specimens
{
    private static readonly FieldMap<Draft> Specimen = new("SPM")
    {
        { 2, "Specimen.identifier PLAC and FILL (decides the specimen; where it is empty, the order's number and the place of the segment)", (s, v) => Identifiers(s, v) },
        { 3, "Specimen.parent.identifier", (s, v) => s.Set("parent", v, Parents) },
        { 4, "Specimen.type", (s, v) => s.Set("type", v, Datatypes.Concept) },
        { 6, "Specimen.container.additiveCodeableConcept", (s, v) => Contain(s, "additiveCodeableConcept", v) },
        { 7, "Specimen.collection.method", (s, v) => s.Set("collection.method", v, Datatypes.Concept) },
        { 8, "Specimen.collection.bodySite", (s, v) => s.Set("collection.bodySite", v, Datatypes.Concept) },
        { 12, "Specimen.collection.quantity", (s, v) => s.Set("collection.quantity", v, Quantity) },
        { 14, "Specimen.note", (s, v) => s.Set("note", v, (said, _) => Datatypes.Lines(said) is { } text ? new JsonArray(new JsonObject { ["text"] = text }) : null) },
        { 17, "Specimen.collection.collectedDateTime, or collectedPeriod where it says two times", (s, v) => Collected(s, v) },
        { 18, "Specimen.receivedTime", (s, v) => s.Set("receivedTime", v, Datatypes.DateTime) },
        { 20, "Specimen.status: Y available, N unavailable; unless SPM-21 says why it was rejected", (s, v) => s.Set("status", v, (said, _) => said.Text switch { "Y" => "available", "N" => "unavailable", _ => null }) },
        { 21, "Specimen.status unsatisfactory", (s, v) => { if (v.HasValue) s.Put("status", "unsatisfactory"); } },
        { 24, "Specimen.condition", (s, v) => s.Set("condition", v, Datatypes.Concepts) },
        { 27, "Specimen.container.type", (s, v) => Contain(s, "type", v) },
        { 30, "Specimen.accessionIdentifier", (s, v) => s.Set("accessionIdentifier", v, (said, d) => Datatypes.Identifier(said, d.Source, "accession")) },
    };

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("specimen", "Specimens", Keys, Fold, [Specimen]);

    /// <summary>The specimens below an order or a result, by the key that names each; one that nothing names is passed over.</summary>
    public static IEnumerable<(string Key, V2Segment Segment)> Of((V2Segment Common, V2Segment Request, List<V2Segment> Below) group)
    {
        var place = 0;
        foreach (var segment in group.Below.Where(s => s.Name == "SPM"))
        {
            place++;
            var order = Orders.Number(group.Common, group.Request);
            var key = Number(segment.Field(2)) is { Length: > 0 } number ? number : order.Length > 0 ? $"{order}|{place}" : "";
            if (key.Length is > 0 and <= 200) yield return (key, segment);
        }
    }

    /// <summary>References to the specimens of a group.</summary>
    public static JsonArray? References(Draft draft, (V2Segment Common, V2Segment Request, List<V2Segment> Below) group)
    {
        var all = new JsonArray([.. Of(group).Select(s => s.Key).Distinct().Select(key => draft.Reference("Specimen", key))]);
        return all.Count > 0 ? all : null;
    }

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type is "ORU" or "OML" or "ORM" ? Orders.Groups(reading.Message).SelectMany(Of).Select(s => s.Key) : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var specimen = new Draft("Specimen", source);
        foreach (var reading in readings)
            foreach (var (_, segment) in Orders.Groups(reading.Message).SelectMany(Of).Where(s => s.Key == key))
            {
                specimen.ReceivedAt = reading.ReceivedAt;
                specimen.Put("subject", specimen.Reference("Patient", reading.Stored.PatientKey));
                Specimen.Apply(specimen, segment);
            }

        return new([("Specimen", SourceIds.Of(source.Code, "Specimen", key), specimen.Json)], []);
    }

    // EIP: the placer's and the filler's number; the filler's names the specimen, since the laboratory gives one to each.
    private static string Number(V2Value pair) => pair.Component(2).Text is { Length: > 0 } filler ? filler : pair.Component(1).Text;

    private static void Identifiers(Draft specimen, V2Value pair)
    {
        foreach (var (place, type) in ((int, string)[])[(1, "PLAC"), (2, "FILL")])
            if (Identifier(pair.Component(place), specimen, type) is { } identifier) specimen.Append("identifier", identifier);
    }

    private static JsonObject? Identifier(V2Value number, Draft specimen, string type) => Datatypes.Words(number) is not { } value ? null : new JsonObject
    {
        ["type"] = Systems.Concept("http://terminology.hl7.org/CodeSystem/v2-0203", type),
        ["system"] = $"{specimen.Source.IdentifierSystem}/{(type == "PLAC" ? "placer-specimen" : "filler-specimen")}",
        ["value"] = value,
    };

    private static JsonNode? Parents(V2Value said, Draft specimen) => Datatypes.Each(said, pair =>
        (Identifier(pair.Component(2), specimen, "FILL") ?? Identifier(pair.Component(1), specimen, "PLAC")) is { } identifier ? new JsonObject { ["type"] = "Specimen", ["identifier"] = identifier } : null);

    private static JsonNode? Quantity(V2Value said, Draft _)
    {
        if (Datatypes.Decimal(said.Component(1).Text) is not { } number) return null;
        var quantity = new JsonObject { ["value"] = number };
        if (Datatypes.Words(said.Component(2)) is { } unit) quantity["unit"] = unit;
        return quantity;
    }

    private static void Collected(Draft specimen, V2Value said)
    {
        var (from, to) = (Datatypes.DateTime(said.Component(1), specimen), Datatypes.DateTime(said.Component(2), specimen));
        if (from is null && !said.IsNull) return;
        specimen.Put("collection.collectedDateTime", to is null ? from : null);
        specimen.Put("collection.collectedPeriod", to is null ? null : new JsonObject { ["start"] = from, ["end"] = to });
    }

    private static void Contain(Draft specimen, string element, V2Value said)
    {
        var container = (specimen.Json["container"] as JsonArray)?[0]?.DeepClone().AsObject() ?? [];
        if (Datatypes.Concept(said.Repetition(1), specimen) is { } concept) container[element] = concept;
        else if (said.IsNull) container.Remove(element);
        specimen.Put("container", container.Count > 0 ? new JsonArray(container) : null);
    }
}

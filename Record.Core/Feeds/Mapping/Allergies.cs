using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>Allergies (AL1 of any ADT message): an AllergyIntolerance for each substance that a source has named for a patient. Silence takes none away.</summary>
internal static class Allergies
{
    private static readonly FieldMap<Draft> Allergy = new("AL1")
    {
        { 2, "AllergyIntolerance.category: DA medication; FA food; EA, PA, LA, AA environment; its kind as type", (a, v) => a.Set("category", v, Category) },
        { 3, "AllergyIntolerance.code (with the patient decides the allergy)", (a, v) => a.Set("code", v, Datatypes.Concept) },
        { 4, "AllergyIntolerance.criticality: SV high; MO, MI low; U unable-to-assess", (a, v) => a.Set("criticality", v, (said, _) => said.Text switch { "SV" => "high", "MO" or "MI" => "low", "U" => "unable-to-assess", _ => null }) },
        { 5, "AllergyIntolerance.reaction.manifestation", (a, v) => a.Set("reaction", v, Reaction) },
        { 6, "AllergyIntolerance.onsetDateTime", (a, v) => a.Set("onsetDateTime", v, Datatypes.DateTime) },
    };

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("allergy", "Allergies", Keys, Fold, [Allergy]);

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type == "ADT" && reading.Trigger is not "A17" && reading.Message.Segment("AL1").Exists ? [reading.Stored.PatientKey] : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var allergies = new Dictionary<string, Draft>(StringComparer.Ordinal);
        foreach (var reading in readings)
            foreach (var said in reading.Message.All("AL1"))
            {
                var substance = said.Field(3).Component(1).Text is { Length: > 0 } code ? code : said.Field(3).Component(2).Text;
                if (substance.Length == 0) continue;
                if (!allergies.TryGetValue(substance, out var allergy))
                {
                    allergies[substance] = allergy = new Draft("AllergyIntolerance", source);
                    allergy.Put("clinicalStatus", Systems.Concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"));
                    allergy.Put("verificationStatus", Systems.Concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "unconfirmed"));
                    allergy.Put("patient", allergy.Reference("Patient", key));
                }

                allergy.ReceivedAt = reading.ReceivedAt;
                Allergy.Apply(allergy, said);
            }

        return new([.. allergies.Select(pair => ("AllergyIntolerance", SourceIds.Of(source.Code, "AllergyIntolerance", $"{key}|{pair.Key}"), pair.Value.Json))], []);
    }

    private static JsonNode? Category(V2Value said, Draft _) => said.Text switch
    {
        "DA" or "MA" => new JsonArray("medication"),
        "FA" => new JsonArray("food"),
        "EA" or "PA" or "LA" or "AA" => new JsonArray("environment"),
        _ => null,
    };

    private static JsonNode? Reaction(V2Value said, Draft _)
    {
        var manifestations = Datatypes.Each(said, one => Datatypes.Words(one) is { } text ? new JsonObject { ["text"] = text } : null);
        return manifestations is null ? null : new JsonArray(new JsonObject { ["manifestation"] = manifestations });
    }
}

using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>HL7 v2 data types as FHIR data types. https://build.fhir.org/ig/HL7/v2-to-fhir/datatype_maps.html.</summary>
internal static partial class Datatypes
{
    /// <summary>The text of a value as FHIR takes it: no control characters, not blank.</summary>
    public static string? Words(V2Value value)
    {
        var text = value.Text;
        if (text.Length == 0) return null;
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001F'))
        {
            var clean = new StringBuilder(text.Length);
            foreach (var letter in text) clean.Append(letter < ' ' && letter is not ('\n' or '\r' or '\t') ? ' ' : letter);
            text = clean.ToString().Trim();
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>A code as FHIR takes it: single spaces only.</summary>
    public static string Token(string text) => Spaces().Replace(text, " ");

    public static JsonNode? Text(V2Value value, Draft _) => Words(value) is { } text ? JsonValue.Create(text) : null;

    public static JsonNode? Date(V2Value value, Draft draft) => V2Time.TryParse(value.Text, draft.ReceivedAt, out var time) ? JsonValue.Create(time.ToFhirDate()) : null;

    public static JsonNode? DateTime(V2Value value, Draft draft) => V2Time.TryParse(value.Text, draft.ReceivedAt, out var time) ? JsonValue.Create(time.ToFhir()) : null;

    /// <summary>An instant; nothing where the time of day was not said.</summary>
    public static JsonNode? Instant(V2Value value, Draft draft) =>
        V2Time.TryParse(value.Text, draft.ReceivedAt, out var time) && time.HasTime ? JsonValue.Create(time.ToFhir()) : null;

    /// <summary>CE, CWE, IS and ID as a CodeableConcept: code, text, name of coding system, and the alternate three.</summary>
    public static JsonObject? Concept(V2Value value, Draft draft)
    {
        var codings = new JsonArray();
        foreach (var first in (int[])[1, 4])
            if (Coding(value, first, draft.Source) is { } coding) codings.Add(coding);
        var concept = new JsonObject();
        if (codings.Count > 0) concept["coding"] = codings;
        if ((Words(value.Component(9)) ?? Words(value.Component(2)) ?? Words(value.Component(5)) ?? Words(value.Component(1))) is { } text) concept["text"] = text;
        return concept.Count > 0 ? concept : null;
    }

    public static JsonNode? Concepts(V2Value value, Draft draft) => Each(value, repetition => Concept(repetition, draft));

    /// <summary>A table value under a system of its own.</summary>
    public static Func<V2Value, Draft, JsonNode?> ConceptOf(string system) => (value, _) =>
    {
        if (Words(value) is not { } code) return null;
        var coding = new JsonObject { ["system"] = system, ["code"] = Token(code) };
        if (Words(value.Component(2)) is { } display) coding["display"] = display;
        return new JsonObject { ["coding"] = new JsonArray(coding) };
    };

    /// <summary>XCN: a person, named by number and name; not made a Practitioner of the record.</summary>
    public static JsonObject? Practitioner(V2Value person, Draft draft)
    {
        var reference = new JsonObject { ["type"] = "Practitioner" };
        var authority = person.Component(9).Text is { Length: > 0 } named ? named : person.Component(8).Text;
        if (Words(person.Component(1)) is { } number)
            reference["identifier"] = new JsonObject
            {
                ["system"] = authority is "GMC" or "NATIONAL GMC" ? "https://fhir.hl7.org.uk/Id/gmc-number" : draft.Source.IdentifierSystem + "/practitioner", ["value"] = number,
            };
        var name = string.Join(' ', ((int[])[6, 3, 4, 2]).Select(place => Words(person.Component(place))).OfType<string>());
        if (name.Length > 0) reference["display"] = name;
        return reference.Count > 1 ? reference : null;
    }

    public static JsonNode? Practitioners(V2Value value, Draft draft) => Each(value, person => Practitioner(person, draft));

    /// <summary>EI: number and the authority that gave it.</summary>
    public static JsonObject? Identifier(V2Value value, SourceSystem source, string kind)
    {
        if (Words(value) is not { } number) return null;
        var identifier = new JsonObject { ["system"] = $"{source.IdentifierSystem}/{kind}", ["value"] = number };
        if (Words(value.Component(2)) is { } assigner) identifier["assigner"] = new JsonObject { ["display"] = assigner };
        return identifier;
    }

    /// <summary>The repetitions of a field as an array; at most fifty.</summary>
    public static JsonArray? Each(V2Value value, Func<V2Value, JsonNode?> read)
    {
        var all = new JsonArray();
        for (var i = 1; i <= Math.Min(value.Repetitions, 50); i++)
            if (read(value.Repetition(i)) is { } one) all.Add(one);
        return all.Count > 0 ? all : null;
    }

    /// <summary>The repetitions of a field as lines of text.</summary>
    public static string? Lines(V2Value value)
    {
        var lines = Enumerable.Range(1, Math.Min(value.Repetitions, 10_000)).Select(i => Words(value.Repetition(i))).OfType<string>().ToList();
        return lines.Count > 0 ? string.Join('\n', lines) : null;
    }

    /// <summary>A FHIR decimal with the digits as they were sent; null if it is none.</summary>
    public static JsonNode? Decimal(string text)
    {
        var match = Number().Match(text);
        if (!match.Success) return null;
        var digits = match.Value.TrimStart('+');
        var sign = digits.StartsWith('-') ? "-" : "";
        digits = digits.TrimStart('-').TrimStart('0');
        if (digits.Length == 0 || digits[0] == '.') digits = "0" + digits;
        if (digits.EndsWith('.')) digits += "0";
        return JsonNode.Parse(sign + digits);
    }

    /// <summary>Systems by the names of table 0396 that are in use here; others stay under the source's own.</summary>
    public static string SystemOf(string name, SourceSystem source) => name.ToUpperInvariant() switch
    {
        "LN" or "LOINC" => "http://loinc.org",
        "SCT" or "SNM" or "SNOMED" or "SNOMED-CT" or "SNOMED CT" or "SCT2" => "http://snomed.info/sct",
        "I10" or "ICD10" or "ICD-10" or "I10C" or "ICD10-UK" => "http://hl7.org/fhir/sid/icd-10",
        "I9C" or "I9" or "I9M" => "http://hl7.org/fhir/sid/icd-9-cm",
        "OPCS4" or "OPCS-4" or "OPCS" => "https://fhir.hl7.org.uk/CodeSystem/OPCS-4",
        "DMD" or "DM+D" => "https://dmd.nhs.uk",
        "UCUM" => "http://unitsofmeasure.org",
        ['H', 'L', '7', '0', _, ..] table when table[3..].All(char.IsAsciiDigit) => $"http://terminology.hl7.org/CodeSystem/v2-{table[3..].PadLeft(4, '0')}",
        "" => source.IdentifierSystem + "/code",
        _ => $"{source.IdentifierSystem}/code/{Uri.EscapeDataString(name)}",
    };

    private static JsonObject? Coding(V2Value value, int first, SourceSystem source)
    {
        if (Words(value.Component(first)) is not { } code) return null;
        var coding = new JsonObject { ["system"] = SystemOf(value.Component(first + 2).Text, source), ["code"] = Token(code) };
        if (Words(value.Component(first + 1)) is { } display) coding["display"] = display;
        return coding;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^[+-]?(\d{1,17}(\.\d{0,17})?|\.\d{1,17})$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Record.Core.Feeds.V2;

namespace Record.Core.Feeds.Mapping;

/// <summary>OBX as an Observation: value by its type, units, reference range, flags, status.</summary>
internal static partial class Observations
{
    private static readonly FieldMap<Draft> Result = new("OBX")
    {
        { 1, "decides which observation it is, where OBX-3 and OBX-4 are empty" },
        { 2, "Observation.value[x]: NM, SN quantity; ST, TX, FT string; CE, CWE, CNE, IS, ID concept; DT, TS, DTM dateTime; TM time; ED, RP DiagnosticReport.presentedForm; others string" },
        { 3, "Observation.code", (o, v) => o.Set("code", v, Datatypes.Concept) },
        { 4, "with OBX-3 decides which observation it is" },
        { 5, "Observation.value[x]; empty: dataAbsentReason" },
        { 6, "Observation.valueQuantity.unit, and the UCUM code where it is known" },
        { 7, "Observation.referenceRange.text, and low and high where it says two numbers", (o, v) => o.Set("referenceRange", v, Range) },
        { 8, "Observation.interpretation", (o, v) => o.Set("interpretation", v, Flags) },
        { 11, "Observation.status: F, U final; P, S, R preliminary; I, O registered; C corrected; X, N cancelled; D, W entered-in-error", (o, v) => o.Put("status", Status(v.Text)) },
        { 14, "Observation.effectiveDateTime; OBR-7 where it is empty", (o, v) => o.Set("effectiveDateTime", v, Datatypes.DateTime) },
        { 16, "Observation.performer", (o, v) => o.Set("performer", v, Datatypes.Practitioners) },
        { 17, "Observation.method", (o, v) => o.Set("method", v, Datatypes.Concept) },
        { 19, "Observation.issued", (o, v) => o.Set("issued", v, Datatypes.Instant) },
    };

    private static readonly string[] Values = ["valueQuantity", "valueString", "valueCodeableConcept", "valueDateTime", "valueTime", "valueRatio", "valueRange", "dataAbsentReason"];

    /// <summary>What the fields become.</summary>
    public static IEnumerable<FieldNote> Fields => Result;

    /// <summary>Applies one OBX.</summary>
    public static void Apply(Draft observation, V2Segment said, V2Segment request)
    {
        if (!said.Field(14).HasValue) observation.Set("effectiveDateTime", request.Field(7), Datatypes.DateTime);
        Result.Apply(observation, said);
        if (!observation.Json.ContainsKey("status")) observation.Put("status", "unknown");
        if (!observation.Json.ContainsKey("code")) observation.Put("code", new JsonObject { ["text"] = "Observation without a code" });
        if (!said.Field(5).HasValue && observation.Json["status"]!.GetValue<string>() is "cancelled" or "entered-in-error") return; // what was said stays readable
        foreach (var element in Values) observation.Put(element, null);
        if (Value(said, observation) is var (name, value)) observation.Put(name, value);
        else observation.Put("dataAbsentReason", Systems.Concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown"));
    }

    private static (string, JsonNode)? Value(V2Segment said, Draft observation)
    {
        var value = said.Field(5);
        if (!value.HasValue) return null;
        var first = value.Repetition(1);
        (string, JsonNode)? typed = said.Field(2).Text switch
        {
            "NM" => Quantity("", first.Text, said.Field(6), observation) is { } quantity ? ("valueQuantity", quantity) : null,
            "SN" => Structured(first, said.Field(6), observation),
            "CE" or "CWE" or "CNE" or "CF" or "IS" or "ID" => Datatypes.Concept(first, observation) is { } concept ? ("valueCodeableConcept", concept) : null,
            "DT" or "TS" or "DTM" => Datatypes.DateTime(first, observation) is { } time ? ("valueDateTime", time) : null,
            "TM" => Clock().Match(first.Text) is { Success: true } clock ? ("valueTime", $"{clock.Groups[1]}:{clock.Groups[2]}:{(clock.Groups[3].Success ? clock.Groups[3].Value : "00")}") : null,
            _ => null,
        };
        // What is not of its declared type is kept as text.
        return typed ?? (Datatypes.Lines(value) is { } text ? ("valueString", text) : null);
    }

    private static (string, JsonNode)? Structured(V2Value value, V2Value units, Draft observation)
    {
        var (comparator, one, separator, two) = (value.Component(1).Text, value.Component(2).Text, value.Component(3).Text, value.Component(4).Text);
        if (Quantity(comparator, one, units, observation) is not { } low) return null;
        if (separator.Length == 0 || Quantity("", two, units, observation) is not { } high) return ("valueQuantity", low);
        return separator switch
        {
            "-" => ("valueRange", new JsonObject { ["low"] = low, ["high"] = high }),
            ":" or "/" => ("valueRatio", new JsonObject { ["numerator"] = low, ["denominator"] = high }),
            _ => null,
        };
    }

    private static JsonObject? Quantity(string comparator, string said, V2Value units, Draft observation)
    {
        var match = Compared().Match(comparator + said);
        if (!match.Success || Datatypes.Decimal(match.Groups[2].Value) is not { } number) return null;
        var quantity = new JsonObject { ["value"] = number };
        if (match.Groups[1].Value is "<" or "<=" or ">" or ">=") quantity["comparator"] = match.Groups[1].Value;
        if ((Datatypes.Words(units.Component(2)) ?? Datatypes.Words(units)) is not { } unit) return quantity;
        quantity["unit"] = unit;
        if (Ucum(units.Component(1).Text, units.Component(3).Text) is { } code)
        {
            quantity["system"] = "http://unitsofmeasure.org";
            quantity["code"] = code;
        }

        return quantity;
    }

    // What English laboratories write, beside UCUM itself. A unit that is not listed keeps its words and gets no code.
    private static string? Ucum(string unit, string system) => system.Equals("UCUM", StringComparison.OrdinalIgnoreCase) ? Datatypes.Token(unit) : unit.ToUpperInvariant() switch
    {
        "MMOLL" or "MMOL/L" => "mmol/L",
        "UMOLL" or "UMOL/L" => "umol/L",
        "NMOLL" or "NMOL/L" => "nmol/L",
        "PMOLL" or "PMOL/L" => "pmol/L",
        "GL" or "G/L" => "g/L",
        "MGL" or "MG/L" => "mg/L",
        "UGL" or "UG/L" => "ug/L",
        "UL" or "U/L" or "IU/L" => "U/L",
        "MUL" or "MU/L" => "m[IU]/L",
        "10*9/L" or "10^9/L" or "X10*9/L" or "BILLION/L" => "10*9/L",
        "10*12/L" or "10^12/L" or "TRILLION/L" => "10*12/L",
        "%" or "PERCENT" => "%",
        "FL" => "fL",
        "PG" => "pg",
        "RATIO" => "{ratio}",
        "SEC" or "S" or "SECS" => "s",
        "L/L" => "L/L",
        "MMHG" or "MM[HG]" => "mm[Hg]",
        "KG" => "kg",
        "CM" => "cm",
        "KPA" => "kPa",
        "MMOL/MOL" or "MMOLMOL" => "mmol/mol",
        "ML/MIN" or "MLMIN" => "mL/min",
        "MG/DL" => "mg/dL",
        "G/DL" => "g/dL",
        _ => null,
    };

    private static JsonArray? Range(V2Value said, Draft _)
    {
        if (Datatypes.Words(said) is not { } text || text.Replace(" ", "", StringComparison.Ordinal) is "[]" or "-") return null;
        var range = new JsonObject { ["text"] = text };
        if (Between().Match(text) is { Success: true } between && Datatypes.Decimal(between.Groups[1].Value) is { } low && Datatypes.Decimal(between.Groups[2].Value) is { } high)
            (range["low"], range["high"]) = (new JsonObject { ["value"] = low }, new JsonObject { ["value"] = high });
        return new JsonArray(range);
    }

    private static JsonNode? Flags(V2Value said, Draft draft) => Datatypes.Each(said, flag => flag.Text switch
    {
        "L" or "H" or "LL" or "HH" or "N" or "A" or "AA" or "U" or "D" or "B" or "W" or "S" or "R" or "I" or "<" or ">" or "HU" or "LU" or "POS" or "NEG" or "IND" or "DET" or "ND" =>
            Systems.Concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", flag.Text),
        "" => null,
        _ => Datatypes.Concept(flag, draft),
    });

    private static JsonNode Status(string said) => said switch
    {
        "F" or "U" => "final",
        "P" or "S" or "R" => "preliminary",
        "I" or "O" => "registered",
        "C" => "corrected",
        "X" or "N" => "cancelled",
        "D" or "W" => "entered-in-error",
        _ => "unknown",
    };

    [GeneratedRegex(@"^\s*(<=|>=|<|>|=)?\s*([+-]?[\d.]+)\s*$")]
    private static partial Regex Compared();

    [GeneratedRegex(@"^\s*([\d.]+)\s*-\s*([\d.]+)\s*$")]
    private static partial Regex Between();

    [GeneratedRegex(@"^([01]\d|2[0-3])([0-5]\d)([0-5]\d)?")]
    private static partial Regex Clock();
}

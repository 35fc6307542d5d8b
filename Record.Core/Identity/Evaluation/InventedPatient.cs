using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Identity.Matching;
using Record.Core.Patients;

namespace Record.Core.Identity.Evaluation;

/// <summary>What one system has of an invented person, errors and all.</summary>
internal sealed class InventedPatient(Random random, double errors, int system)
{
    private const string Letters = "abcdefghijklmnoprstuwy";

    /// <summary>The FHIR Patient.</summary>
    public JsonObject Of(InventedPerson person)
    {
        var identifiers = new JsonArray(new JsonObject { ["system"] = $"https://invented.example/system-{system}", ["value"] = $"{random.Next(100_000_000):00000000}" });
        if (Number(person) is { } number) identifiers.Add(number);
        var patient = new JsonObject { ["resourceType"] = "Patient", ["identifier"] = identifiers, ["name"] = new JsonArray(Name(person)) };
        if (!Happens(0.005)) patient["gender"] = person.Male ^ Happens(0.002) ? "male" : "female";
        if (Born(person.Born) is { } born) patient["birthDate"] = born;
        if (Happens(0.72, 1)) patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = Digit(Happens(0.65, 1) ? person.Mobile : person.Home.Phone, 0.01) });
        if (!Happens(0.015)) patient["address"] = new JsonArray(Address(person.OldHome is { } old && Happens(0.3, 1) ? old : person.Home));
        if (person.Ethnicity != 'Z') patient["extension"] = new JsonArray(EthnicCategory.Extension(person.Ethnicity.ToString()));
        if (Happens(0.001, 1)) patient["meta"] = new JsonObject { ["security"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", ["code"] = "R" }) };
        return patient;
    }

    private JsonObject Name(InventedPerson person)
    {
        var given = Happens(0.06) ? Nicknames.Another(person.Given[0].ToLowerInvariant(), random) ?? person.Given[0] : person.Given[0];
        if (person.Born.Year >= 2026 && Happens(0.3, 1)) given = "Baby";
        var family = person.Maiden is { } maiden && Happens(0.2, 1) ? maiden : person.Maiden is { } hyphen && Happens(0.03) ? $"{person.Family}-{hyphen}" : person.Family;
        (given, family) = (Slip(given, 0.025), Slip(family, 0.03));
        if (Happens(person.Ethnicity is 'R' ? 0.04 : 0.003)) (given, family) = (family, given);
        var names = new JsonArray((JsonNode)given);
        if (person.Given.Length > 1 && Happens(0.5, 1)) names.Add(Happens(0.2, 1) ? person.Given[1][..1] : person.Given[1]);
        return new() { ["use"] = "official", ["family"] = Happens(0.2, 1) ? family.ToUpperInvariant() : family, ["given"] = names };
    }

    private string? Born(DateOnly born)
    {
        if (Happens(0.004)) return null;
        if (Happens(0.004) && born.Day <= 12) born = new(born.Year, born.Day, born.Month);
        else if (Happens(0.004)) born = born.AddDays(random.Next(2) == 0 ? 1 : -10);
        else if (Happens(0.005)) born = born.AddYears(random.Next(2) == 0 ? -1 : 10).Year is var year && year <= 2026 ? new(year, born.Month, Math.Min(born.Day, 28)) : born;
        else if (Happens(0.002)) born = new(born.Year, 1, 1);
        return born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private JsonObject Address(InventedHome home)
    {
        var address = new JsonObject { ["use"] = "home", ["line"] = new JsonArray((JsonNode)Slip(home.Street, 0.05)) };
        if (!Happens(0.1)) address["city"] = Slip(home.City, 0.01);
        if (!Happens(0.02)) address["postalCode"] = Digit(home.Postcode, 0.02);
        return address;
    }

    // Where a number is missing or not traced depends on the system: some were never connected to the Spine.
    private JsonObject? Number(InventedPerson person)
    {
        if (person.NhsNumber is null || Happens(system < 3 ? 0.06 : 0.16)) return null;
        var number = Happens(0.0005) && (person with { Number = person.Number ^ 1 }).NhsNumber is { } another ? another : person.NhsNumber;
        var status = Happens(system < 3 ? 0.05 : 0.2) ? "02" : "01";
        return new()
        {
            ["extension"] = new JsonArray(new JsonObject
            {
                ["url"] = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                ["valueCodeableConcept"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", ["code"] = status }) },
            }),
            ["system"] = NhsNumber.System,
            ["value"] = number,
        };
    }

    private string Slip(string text, double chance)
    {
        if (text.Length < 3 || !Happens(chance)) return text;
        var (slip, at) = (new StringBuilder(text), random.Next(1, text.Length - 1));
        var letter = Letters[random.Next(Letters.Length)];
        switch (random.Next(4))
        {
            case 0: slip[at] = letter; break;
            case 1: slip.Remove(at, 1); break;
            case 2: slip.Insert(at, letter); break;
            default: (slip[at], slip[at + 1]) = (slip[at + 1], slip[at]); break;
        }

        return slip.ToString();
    }

    private string Digit(string text, double chance)
    {
        if (!Happens(chance)) return text;
        var places = Enumerable.Range(0, text.Length).Where(i => char.IsAsciiDigit(text[i])).ToList();
        var at = places[random.Next(places.Count)];
        return text[..at] + (char)('0' + random.Next(10)) + text[(at + 1)..];
    }

    // Errors happen more often where there are more; what is no error (times given) does not.
    private bool Happens(double chance, double? times = null) => random.NextDouble() < chance * (times ?? errors);
}

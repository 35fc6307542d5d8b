using System.Text.Json.Nodes;
using Record.Core.Patients;

namespace Record.Core.Identity.Matching;

/// <summary>What matching takes from a FHIR Patient.</summary>
public static class MatchFeatures
{
    private const string BirthPlaceExtension = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";

    /// <summary>The record as matching sees it.</summary>
    /// <param name="patient">A Patient.</param>
    /// <param name="id">Its id.</param>
    public static MatchSubject Of(JsonObject patient, string id)
    {
        var names = Items(patient["name"]).OrderBy(name => Text(name["use"]) is "old" or "maiden" or "nickname" ? 1 : 0).ToList();
        var main = names.FirstOrDefault();
        var addresses = Items(patient["address"]).Where(address => Text(address["use"]) is not "old" || Items(patient["address"]).Count() == 1).ToList();
        // Where a restricted person lives is not kept here, so nothing finds them by it.
        var restricted = IsRestricted(patient);
        if (restricted) addresses = [];
        var (number, verified) = Number(patient);
        return new()
        {
            Id = id,
            Given = Given(main, names),
            Family = main is null ? [] : Folding.Names(Text(main["family"])),
            FormerFamily = [.. names.Skip(1).SelectMany(name => Folding.Names(Text(name["family"]))).Distinct()],
            BirthDate = Text(patient["birthDate"]) is { } date ? string.Concat(date.Where(char.IsAsciiDigit)) : null,
            Sex = Text(patient["gender"]) switch { "male" => 'm', "female" => 'f', _ => null },
            Postcodes = Distinct(addresses.Select(address => Folding.Code(Text(address["postalCode"])))),
            Addresses = Distinct(addresses.Select(Line)),
            Localities = Distinct(addresses.Select(address => Folding.Text(Text(address["city"])))),
            Phones = restricted ? [] : Distinct(Telecom(patient, "phone", "sms").Select(Phone)),
            Emails = restricted ? [] : Distinct(Telecom(patient, "email").Select(email => email?.Trim().ToLowerInvariant())),
            NhsNumber = number,
            Verified = verified,
            ReplacedBy = ReplacedBy(patient),
            FormerNumbers = Distinct(FormerNumbers(patient)),
            BirthPlace = restricted ? null : Items(patient["extension"]).Where(extension => Text(extension["url"]) == BirthPlaceExtension).Select(extension => Folding.Text(Text(extension["valueAddress"]?["city"]))).FirstOrDefault(),
        };
    }

    /// <summary>The last ten digits of a telephone number, so that +44 and 0 are the same; null if it has fewer than seven.</summary>
    public static string? Phone(string? number)
    {
        var digits = number is null ? "" : string.Concat(number.Where(char.IsAsciiDigit));
        return digits.Length < 7 ? null : digits.Length > 10 ? digits[^10..] : digits;
    }

    // The first names of the name in use; a nickname counts as a further one.
    private static string[] Given(JsonObject? main, List<JsonObject> names) =>
        [.. names.SelectMany(name => name == main || Text(name["use"]) == "nickname" ? Items<JsonValue>(name["given"]) : []).SelectMany(given => Folding.Names(given.GetValue<string>()))];

    private static (string? Number, bool Verified) Number(JsonObject patient)
    {
        (string? Number, bool Verified) found = default;
        foreach (var identifier in Items(patient["identifier"]))
            if (Text(identifier["system"]) == NhsNumber.System && Text(identifier["use"]) != "old" && NhsNumber.TryParse(Text(identifier["value"]), null, out var number)
                && number.Value.Any(digit => digit != number.Value[0])) // 999 999 9999 and the like stand for "none"
            {
                var verified = NhsNumberStatus.IsVerified(identifier);
                if (found.Number is null || verified) found = (number.Value, verified);
                if (verified) break;
            }

        return found;
    }

    // A number that the source no longer uses: it links nobody by itself, but shows that two numbers are one person's.
    private static IEnumerable<string?> FormerNumbers(JsonObject patient) => Items(patient["identifier"])
        .Where(identifier => Text(identifier["system"]) == NhsNumber.System && Text(identifier["use"]) == "old")
        .Select(identifier => NhsNumber.TryParse(Text(identifier["value"]), null, out var number) ? number.Value : null);

    /// <summary>Whether a Patient is restricted (PDS: <c>meta.security</c> R or V).</summary>
    public static bool IsRestricted(JsonObject patient) => Items(patient["meta"]?["security"]).Any(label => Text(label["code"]) is "R" or "V" or "REDACTED");

    /// <summary>The organisation that manages a Patient; null if the source does not say.</summary>
    public static string? Organisation(JsonObject patient) =>
        Text(patient["managingOrganization"]?["reference"]) is { } reference && reference.StartsWith("Organization/", StringComparison.Ordinal) ? reference["Organization/".Length..] : null;

    private static string? ReplacedBy(JsonObject patient) => Items(patient["link"])
        .Where(link => Text(link["type"]) == "replaced-by").Select(link => Text(link["other"]?["reference"]))
        .FirstOrDefault(reference => reference?.StartsWith("Patient/", StringComparison.Ordinal) == true)?["Patient/".Length..];

    private static string? Line(JsonObject address) => Items<JsonValue>(address["line"]).Select(line => Folding.Text(line.GetValue<string>())).FirstOrDefault(line => line is not null);

    private static IEnumerable<string?> Telecom(JsonObject patient, params string[] systems) =>
        Items(patient["telecom"]).Where(contact => systems.Contains(Text(contact["system"]))).Select(contact => Text(contact["value"]));

    private static IEnumerable<JsonObject> Items(JsonNode? array) => Items<JsonObject>(array);

    private static IEnumerable<T> Items<T>(JsonNode? array)
        where T : JsonNode => (array as JsonArray)?.OfType<T>() ?? [];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string[] Distinct(IEnumerable<string?> values) => [.. values.OfType<string>().Distinct()];
}

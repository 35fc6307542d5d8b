using System.Globalization;
using System.Text.Json.Nodes;

namespace Record.Core.Identity;

/// <summary>What links source patients by itself: an NHS number that its source calls verified, and the date of birth.</summary>
public sealed record MatchKey(string NhsNumber, DateOnly BirthDate)
{
    /// <summary>Number present and verified: https://archive.datadictionary.nhs.uk, NHS NUMBER STATUS INDICATOR CODE.</summary>
    private const string Verified = "01";

    private const string StatusExtension = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";

    /// <summary>The key of a Patient; null if the number is absent, invalid or not verified, or the date of birth is not whole.</summary>
    public static MatchKey? Of(JsonObject patient)
    {
        var birth = patient["birthDate"]?.GetValue<string>();
        if (!DateOnly.TryParseExact(birth, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return null;
        foreach (var identifier in patient["identifier"]?.AsArray() ?? [])
            if (identifier?["system"]?.GetValue<string>() == Patients.NhsNumber.System && StatusOf(identifier) == Verified
                && Patients.NhsNumber.TryParse(identifier["value"]?.GetValue<string>(), null, out var number))
                return new(number.Value, date);
        return null;
    }

    /// <summary>The verification status (01 to 08) that the source sent with an identifier.</summary>
    public static string? StatusOf(JsonNode identifier)
    {
        foreach (var extension in identifier["extension"]?.AsArray() ?? [])
            if (extension?["url"]?.GetValue<string>() == StatusExtension)
                return extension["valueCodeableConcept"]?["coding"]?[0]?["code"]?.GetValue<string>();
        return null;
    }
}

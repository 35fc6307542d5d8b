using System.Text.Json.Nodes;

namespace Record.Core.Identity.Matching;

/// <summary>
/// What a source says of an NHS number: NHS NUMBER STATUS INDICATOR CODE, 01 (present and verified) to 08. Only a verified number
/// links by itself: a valid check digit proves little. https://archive.datadictionary.nhs.uk
/// </summary>
public static class NhsNumberStatus
{
    private const string Verified = "01";

    private const string Extension = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";

    /// <summary>The status that came with an identifier; null if none did.</summary>
    public static string? Of(JsonObject identifier)
    {
        foreach (var extension in identifier["extension"] as JsonArray ?? [])
            if (extension?["url"]?.GetValue<string>() == Extension)
                return extension["valueCodeableConcept"]?["coding"]?[0]?["code"]?.GetValue<string>();
        return null;
    }

    internal static bool IsVerified(JsonObject identifier) => Of(identifier) == Verified;
}

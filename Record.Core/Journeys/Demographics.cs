using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Identity.Matching;

namespace Record.Core.Journeys;

/// <summary>What a Patient says of who somebody is, as people read it.</summary>
public static class Demographics
{
    /// <summary>Given names and family name.</summary>
    public static string? Name(JsonObject? patient)
    {
        var names = patient?["name"] as JsonArray;
        var name = names?.FirstOrDefault(n => n?["use"]?.GetValue<string>() == "official") ?? names?.FirstOrDefault();
        if (name is null) return null;
        var given = (name["given"] as JsonArray ?? []).Select(part => part?.GetValue<string>());
        var text = string.Join(' ', given.Append(name["family"]?.GetValue<string>()).Where(part => !string.IsNullOrEmpty(part)));
        return text.Length > 0 ? text : name["text"]?.GetValue<string>();
    }

    /// <summary>The NHS number and the verification status its source gave (01: verified).</summary>
    public static (string? Number, string? Status) NhsNumber(JsonObject? patient)
    {
        var identifier = (patient?["identifier"] as JsonArray)?.FirstOrDefault(i => i?["system"]?.GetValue<string>() == Systems.NhsNumber);
        return identifier is null ? (null, null) : (identifier["value"]?.GetValue<string>(), NhsNumberStatus.Of(identifier.AsObject()));
    }

    /// <summary>The source's own identifier.</summary>
    public static string? LocalId(JsonObject patient, string system) =>
        (patient["identifier"] as JsonArray)?.FirstOrDefault(i => i?["system"]?.GetValue<string>() == system)?["value"]?.GetValue<string>();

    /// <summary>Code of the source system that a resource came from.</summary>
    public static string? Source(JsonObject resource) =>
        resource["meta"]?["source"]?.GetValue<string>() is { } source && source.StartsWith("urn:source:", StringComparison.Ordinal) ? source[11..] : null;

    /// <summary>Whether its people are invented.</summary>
    public static bool IsSimulated(JsonObject resource) =>
        (resource["meta"]?["tag"] as JsonArray)?.Any(tag => tag?["system"]?.GetValue<string>() == Systems.Origin && tag["code"]?.GetValue<string>() == "simulated") ?? false;

    /// <summary>One line of address.</summary>
    public static string? Address(JsonObject patient)
    {
        if ((patient["address"] as JsonArray)?.FirstOrDefault() is not { } address) return null;
        var parts = (address["line"] as JsonArray ?? []).Select(line => line?.GetValue<string>())
            .Append(address["city"]?.GetValue<string>()).Append(address["postalCode"]?.GetValue<string>());
        return string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    /// <summary>First telephone number.</summary>
    public static string? Phone(JsonObject patient) => (patient["telecom"] as JsonArray)?.FirstOrDefault()?["value"]?.GetValue<string>();
}

using System.Globalization;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>If-Match, If-None-Match, If-Modified-Since (RFC 9110, section 13) as FHIR uses them. https://hl7.org/fhir/R4/http.html#concurrency</summary>
internal static class Conditions
{
    private static readonly string[] Tags = [.. Enumerable.Range(0, 64).Select(version => $"W/\"{version}\"")];

    public static string Tag(int version) => version < Tags.Length ? Tags[version] : $"W/\"{version}\"";

    /// <summary>The version that must be current; null if none is named. A tag that was never ours matches no version.</summary>
    public static Result<int?> Expected(string? ifMatch)
    {
        if (string.IsNullOrEmpty(ifMatch)) return Result<int?>.Of(null);
        var tag = ifMatch.AsSpan().Trim();
        if (tag.StartsWith("W/", StringComparison.OrdinalIgnoreCase)) tag = tag[2..];
        var quoted = tag.Length >= 2 && tag[0] == '"' && tag[^1] == '"';
        if (int.TryParse(quoted ? tag[1..^1] : tag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0) return Result<int?>.Of(version);
        return quoted ? Result<int?>.Of(-1) : FhirRequestErrors.BadIfMatch;
    }

    /// <summary>Whether the caller has this version already: then 304 answers it.</summary>
    public static Result<bool> HasAlready(FhirRequest request, StoredResource resource)
    {
        if (request.IfNoneMatch is { Length: > 0 } tags)
        {
            foreach (var tag in tags.Split(',', StringSplitOptions.TrimEntries))
                if (tag == "*" || Expected(tag).TryGet(out var version, out _) && version == resource.Version) return true;
            return false; // If-Modified-Since is not looked at then
        }

        if (request.IfModifiedSince is not { Length: > 0 } since) return false;
        if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return FhirRequestErrors.BadDate;
        return resource.LastUpdated.ToUnixTimeSeconds() <= time.ToUnixTimeSeconds();
    }
}

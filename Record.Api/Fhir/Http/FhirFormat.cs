using Microsoft.Net.Http.Headers;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>JSON only, told in every way that FHIR knows. https://hl7.org/fhir/R4/http.html#mime-type</summary>
internal static class FhirFormat
{
    public const string Json = "application/fhir+json; charset=utf-8";

    public const string JsonPatch = "application/json-patch+json";

    /// <summary>Why the caller cannot be answered in what it accepts; null if JSON will do.</summary>
    public static RecordError? Unacceptable(FhirRequest request)
    {
        if (request.Parameter("_format") is { } format) return IsJson(format) ? null : FhirRequestErrors.NotAcceptable;
        var accept = request.Http.Headers.Accept;
        if (accept.Count == 0 || accept is ["*/*"] or ["application/fhir+json"] or ["application/json"]) return null;
        return MediaTypeHeaderValue.TryParseList(accept, out var types) && !types.Any(Takes) ? FhirRequestErrors.NotAcceptable : null;
    }

    /// <summary>Why the body cannot be read; null if it can, or if nothing is said about it.</summary>
    public static RecordError? Unreadable(string? contentType, string? also = null)
    {
        if (string.IsNullOrEmpty(contentType) || contentType is "application/fhir+json" or "application/json" or Json) return null;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return FhirRequestErrors.UnsupportedMedia;
        if (type.Charset.HasValue && !type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return FhirRequestErrors.UnsupportedCharset;
        return IsJsonType(type) || type.MediaType.Equals(also, StringComparison.OrdinalIgnoreCase) ? null : FhirRequestErrors.UnsupportedMedia;
    }

    private static bool Takes(MediaTypeHeaderValue type) => type.Quality is not 0 && (type.MatchesAllTypes || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase) || IsJsonType(type));

    private static bool IsJson(string format) => format.Equals("json", StringComparison.OrdinalIgnoreCase)
        || MediaTypeHeaderValue.TryParse(format.Replace(' ', '+'), out var type) && IsJsonType(type); // an unescaped + of a query is a space

    private static bool IsJsonType(MediaTypeHeaderValue type) =>
        type.MediaType.Value is { } name && Names.Contains(name) && type.Parameters.All(parameter => !parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase) || parameter.Value.Value?.Trim('"') is "4.0" or "4.0.1");

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "application/fhir+json", "application/json", "application/json+fhir", "text/json" };
}

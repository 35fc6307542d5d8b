using System.Text.Json;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>One entry of a Bundle: a stored resource, or what became of a request.</summary>
internal sealed record BundleEntry(StoredResource? Resource)
{
    public string? SearchMode { get; init; }

    public string? Method { get; init; }

    public string? Status { get; init; }

    public byte[]? Outcome { get; init; }
}

/// <summary>A Bundle written straight to the socket; bodies are the stored bytes. https://hl7.org/fhir/R4/bundle.html</summary>
internal sealed class BundleResult(string type, IReadOnlyList<BundleEntry> entries, long? total = null, string? self = null, string? next = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = OutcomeResult.MediaType;
        httpContext.Response.Headers.CacheControl = "no-store";
        var address = FhirBase.Of(httpContext.Request);
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", type);
        if (total is { } count) json.WriteNumber("total", count);
        if (self is not null) Links(json);
        if (entries.Count > 0)
        {
            json.WriteStartArray("entry");
            foreach (var entry in entries)
            {
                Write(json, entry, address);
                if (json.BytesPending > 32 * 1024) await json.FlushAsync(httpContext.RequestAborted);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private void Links(Utf8JsonWriter json)
    {
        json.WriteStartArray("link");
        foreach (var (relation, url) in new[] { ("self", self), ("next", next) })
        {
            if (url is null) continue;
            json.WriteStartObject();
            json.WriteString("relation", relation);
            json.WriteString("url", url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, BundleEntry entry, string address)
    {
        json.WriteStartObject();
        if (entry.Resource is { } resource)
        {
            json.WriteString("fullUrl", $"{address}/{resource.Reference}");
            if (!resource.Body.IsEmpty)
            {
                json.WritePropertyName("resource");
                json.WriteRawValue(resource.Body.Span, skipInputValidation: true);
            }
        }

        if (entry.SearchMode is { } mode)
        {
            json.WriteStartObject("search");
            json.WriteString("mode", mode);
            json.WriteEndObject();
        }

        if (entry.Method is { } method && entry.Resource is { } of)
        {
            json.WriteStartObject("request");
            json.WriteString("method", method);
            json.WriteString("url", method == "POST" ? of.Type : of.Reference);
            json.WriteEndObject();
        }

        if (entry.Status is { } status) Response(json, entry, status, address);
        json.WriteEndObject();
    }

    private static void Response(Utf8JsonWriter json, BundleEntry entry, string status, string address)
    {
        json.WriteStartObject("response");
        json.WriteString("status", status);
        if (entry.Resource is { } resource)
        {
            json.WriteString("location", $"{address}/{resource.Reference}/_history/{resource.Version}");
            json.WriteString("etag", $"W/\"{resource.Version}\"");
            json.WriteString("lastModified", resource.LastUpdated.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        }

        if (entry.Outcome is { } outcome)
        {
            json.WritePropertyName("outcome");
            json.WriteRawValue(outcome, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}

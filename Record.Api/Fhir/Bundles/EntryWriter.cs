using Microsoft.AspNetCore.WebUtilities;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>Writes one entry of a Bundle.</summary>
internal static class EntryWriter
{
    public static void Write(JsonOut json, BundleEntry entry, bool first, FhirRequest request, Subset? subset)
    {
        json.Raw(first ? "{"u8 : ",{"u8);
        if (entry.Answer is { } answer) Answered(json, answer, entry.Request!);
        else if (entry.Resource is { } resource) Resource(json, entry, resource, request, subset);
        else Content(json, entry);
        json.Raw("}"u8);
    }

    private static void Resource(JsonOut json, BundleEntry entry, StoredResource resource, FhirRequest request, Subset? subset)
    {
        FullUrl(json, resource, request);
        if (!resource.Body.IsEmpty)
        {
            json.Raw(",\"resource\":"u8);
            if (subset is null) json.Raw(resource.Body.Span);
            else subset.Write(resource.Body.Span, json.Output);
        }

        Mode(json, entry.SearchMode);
        if (entry.Method is { } method) Version(json, method, resource, request);
    }

    private static void Content(JsonOut json, BundleEntry entry)
    {
        json.Raw("\"resource\":"u8);
        json.Raw(entry.Content.Span);
        Mode(json, entry.SearchMode);
    }

    private static void Mode(JsonOut json, string? mode)
    {
        if (mode is null) return;
        if (mode == "match")
        {
            json.Raw(",\"search\":{\"mode\":\"match\"}"u8);
            return;
        }

        json.Raw(",\"search\":{\"mode\":\""u8);
        json.Plain(mode);
        json.Raw("\"}"u8);
    }

    // One version of a history: the request that made it, and what it was answered.
    private static void Version(JsonOut json, string method, StoredResource resource, FhirRequest request)
    {
        json.Raw(",\"request\":{\"method\":\""u8);
        json.Plain(method);
        json.Raw("\",\"url\":\""u8);
        json.Plain(method == "POST" ? resource.Type : resource.Reference);
        json.Raw("\"},\"response\":{\"status\":\""u8);
        json.Plain(method switch { "POST" => "201 Created", "DELETE" => "204 No Content", _ => "200 OK" });
        json.Raw("\""u8);
        Validators(json, resource, request);
        json.Raw("}"u8);
    }

    private static void Answered(JsonOut json, Answer answer, FhirRequest request)
    {
        var shows = answer.HasBody && request.Method != "HEAD" && answer.Error is null && (request.Reads || request.Prefer.Return == Return.Representation && answer.Content.IsEmpty);
        if (answer.Resource is { Deleted: false } resource)
        {
            FullUrl(json, resource, request);
            json.Raw(","u8);
        }

        if (shows)
        {
            json.Raw("\"resource\":"u8);
            answer.Write(json.Output, request);
            json.Raw(","u8);
        }

        json.Raw("\"response\":{\"status\":\""u8);
        json.Number(answer.Status);
        json.Raw(" "u8);
        json.Plain(ReasonPhrases.GetReasonPhrase(answer.Status));
        json.Raw("\""u8);
        if (answer.Resource is { } made) Validators(json, made, request);
        if (answer.Error is not null || !answer.Content.IsEmpty && !shows)
        {
            json.Raw(",\"outcome\":"u8);
            answer.Write(json.Output, request);
        }

        json.Raw("}"u8);
    }

    private static void Validators(JsonOut json, StoredResource resource, FhirRequest request)
    {
        json.Raw(",\"location\":\""u8);
        json.Plain(request.Base);
        json.Raw("/"u8);
        json.Plain(resource.Type);
        json.Raw("/"u8);
        json.Plain(resource.Id);
        json.Raw("/_history/"u8);
        json.Number(resource.Version);
        json.Raw("\",\"etag\":\"W/\\\""u8);
        json.Number(resource.Version);
        json.Raw("\\\"\",\"lastModified\":\""u8);
        json.Instant(resource.LastUpdated);
        json.Raw("\""u8);
    }

    private static void FullUrl(JsonOut json, StoredResource resource, FhirRequest request)
    {
        json.Raw("\"fullUrl\":\""u8);
        json.Plain(request.Base);
        json.Raw("/"u8);
        json.Plain(resource.Type);
        json.Raw("/"u8);
        json.Plain(resource.Id);
        json.Raw("\""u8);
    }
}

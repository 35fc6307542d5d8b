using System.Buffers.Text;
using System.Text.Json;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>Reads the entries of a batch or transaction; the resources stay where they are in its bytes.</summary>
internal sealed class BundleReader(FhirRequest bundle, ValidationOptions validation)
{
    /// <summary>The entries; each with what is wrong with it alone.</summary>
    public Result<IReadOnlyList<BundleItem>> Read(JsonElement root)
    {
        if (!root.TryGetProperty("entry"u8, out var entries)) return Result<IReadOnlyList<BundleItem>>.Of([]);
        if (entries.ValueKind != JsonValueKind.Array) return FhirRequestErrors.NotABundle with { Expression = "Bundle.entry" };
        var limit = bundle.Services.Limits.MaxEntries;
        if (entries.GetArrayLength() > limit) return FhirRequestErrors.TooManyEntries(limit);
        var items = new List<BundleItem>(entries.GetArrayLength());
        foreach (var entry in entries.EnumerateArray()) items.Add(Item(entry, items.Count));
        return Result<IReadOnlyList<BundleItem>>.Of(items);
    }

    private BundleItem Item(JsonElement entry, int place)
    {
        var request = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("request"u8, out var found) ? found : default;
        var (method, url) = (FhirBody.Text(request, "method"u8) ?? "", FhirBody.Text(request, "url"u8) ?? "");
        if (url.StartsWith(bundle.Base, StringComparison.Ordinal)) url = url[bundle.Base.Length..];
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var parts = (question < 0 ? url : url[..question]).Trim('/').Split('/');
        var parameters = question < 0 ? [] : FhirRoute.Parameters(url[question..]);
        var resource = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("resource"u8, out var body) ? body : default;
        var item = new BundleItem(place, FhirBody.Text(entry, "fullUrl"u8), resource)
        {
            Criteria = question < 0 ? null : url[(question + 1)..],
            Request = bundle with
            {
                Method = method,
                Type = parts[0],
                Id = parts.Length > 1 ? parts[1] : "",
                Part = parts.Length > 2 ? parts[2] : "",
                Version = parts.Length == 4 ? parts[3] : "",
                Parameters = parameters,
                Query = question < 0 ? "" : url[question..],
                Body = resource.ValueKind == JsonValueKind.Object ? JsonSlices.Of(bundle.Body, resource) : default,
                IfMatch = FhirBody.Text(request, "ifMatch"u8),
                IfNoneMatch = FhirBody.Text(request, "ifNoneMatch"u8),
                IfModifiedSince = FhirBody.Text(request, "ifModifiedSince"u8),
                IfNoneExist = FhirBody.Text(request, "ifNoneExist"u8),
            },
        };
        return Wrong(item, parts) is { } wrong ? item with { Wrong = item.At(wrong) } : item;
    }

    private RecordError? Wrong(BundleItem item, string[] parts)
    {
        var (request, type) = (item.Request, parts[0]);
        if (parts.FirstOrDefault(part => part.StartsWith('$')) is { } operation) return Operations.NotOffered(operation).Error;
        if (request.Method is not ("GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE")) return BundleErrors.BadMethod;
        if (!SearchParameters.IsResourceType(type)) return request.Method is "GET" or "HEAD" && type == "metadata" ? null : BundleErrors.BadUrl;
        if (!Fits(item, parts)) return BundleErrors.BadUrl;
        if (request.Method is not ("POST" or "PUT" or "PATCH")) return null;
        if (item.Resource.ValueKind != JsonValueKind.Object) return BundleErrors.NoResource;
        if (request.Method == "PATCH") return null;
        return FhirBody.Check(item.Resource, type, request.Method == "PUT" && item.Criteria is null ? request.Id : null, validation);
    }

    // Which addresses go with which method.
    private static bool Fits(BundleItem item, string[] parts) => (item.Request.Method, parts.Length) switch
    {
        ("POST", 1) => item.Criteria is null,
        ("PUT" or "PATCH" or "DELETE", 1) => item.Criteria is not null,
        ("PUT" or "PATCH" or "DELETE", 2) => item.Criteria is null && FhirBody.Id().IsMatch(parts[1]),
        ("GET" or "HEAD", 1 or 2) => true,
        ("GET" or "HEAD", 3 or 4) => parts[2] == "_history",
        _ => false,
    };

    /// <summary>The JSON Patch that an entry carries as a Binary. https://hl7.org/fhir/R4/http.html#patch</summary>
    public static Result<JsonPatch> PatchOf(BundleItem item)
    {
        if (FhirBody.Text(item.Resource, "resourceType"u8) == "Parameters") return FhirRequestErrors.FhirPathPatch;
        if (FhirBody.Text(item.Resource, "resourceType"u8) != "Binary" || FhirBody.Text(item.Resource, "data"u8) is not { } data || !Base64.IsValid(data)) return BundleErrors.NoPatch;
        return JsonPatch.Parse(Convert.FromBase64String(data), item.Request.Services.Limits);
    }
}

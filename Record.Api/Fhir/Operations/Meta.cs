using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>$meta of one resource, a type or everything; $meta-add and $meta-delete of one. https://hl7.org/fhir/R4/resource-operation-meta.html</summary>
internal static class Meta
{
    private static readonly string[] Lists = ["profile", "security", "tag"];

    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        var found = await request.Services.Store.Read(request.Access, request.Type, request.Id, cancellation);
        return found.TryGet(out var resource, out var error) ? Of(resource) : error;
    }

    /// <summary>What the resources of a type carry, or those of every type.</summary>
    public static async Task<Answer> InUse(FhirRequest request, CancellationToken cancellation)
    {
        var found = await request.Services.Store.MetaInUse(request.Access, request.Type.Length > 0 ? request.Type : null, cancellation);
        if (!found.TryGet(out var used, out var error)) return error;
        var meta = new JsonObject();
        foreach (var list in used.GroupBy(one => one.List))
            meta[list.Key] = new JsonArray([.. list.Select(one => one.List == "profile" ? (JsonNode?)JsonValue.Create(one.Value) : Coding(one))]);
        var parameters = new JsonObject { ["resourceType"] = "Parameters" };
        if (meta.Count > 0) parameters["parameter"] = new JsonArray(new JsonObject { ["name"] = "return", ["valueMeta"] = meta });
        return new Answer(StatusCodes.Status200OK) { Content = JsonSerializer.SerializeToUtf8Bytes(parameters, Relaxed) };
    }

    private static JsonObject Coding(MetaInUse one)
    {
        var coding = new JsonObject();
        if (one.System is not null) coding["system"] = one.System;
        coding["code"] = one.Value;
        return coding;
    }

    public static Task<Answer> Add(FhirRequest request, CancellationToken cancellation) => Change(request, AddTo, cancellation);

    public static Task<Answer> Delete(FhirRequest request, CancellationToken cancellation) => Change(request, DeleteFrom, cancellation);

    private static async Task<Answer> Change(FhirRequest request, Action<JsonArray, JsonArray> change, CancellationToken cancellation)
    {
        if (!FhirBody.Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return error;
        using var parsed = document;
        if (Sent(document.RootElement) is not { } sent) return FhirRequestErrors.BadParameter("meta");
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        var current = await transaction.Find(request.Type, request.Id, cancellation);
        if (current is null or { Deleted: true }) return current is null ? FhirErrors.NotFound : FhirErrors.Deleted;
        transaction.Put(request.Type, request.Id, Changed(current, sent, change), current.Version);
        var written = await transaction.Commit(cancellation);
        return written.TryGet(out var made, out error) ? Of(made[0].Resource) : error;
    }

    private static JsonObject? Sent(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("parameter"u8, out var parameters) && parameters.ValueKind == JsonValueKind.Array
        && parameters.EnumerateArray().FirstOrDefault(parameter => FhirBody.Text(parameter, "name"u8) == "meta") is { ValueKind: JsonValueKind.Object } meta
        && meta.TryGetProperty("valueMeta"u8, out var value) && value.ValueKind == JsonValueKind.Object ? JsonObject.Create(value) : null;

    private static byte[] Changed(StoredResource current, JsonObject sent, Action<JsonArray, JsonArray> change)
    {
        var resource = current.Json();
        var meta = resource["meta"]!.AsObject();
        foreach (var list in Lists)
        {
            if (sent[list] is not JsonArray items) continue;
            if (meta[list] is not JsonArray present) meta[list] = present = [];
            change(present, items);
            if (present.Count == 0) meta.Remove(list);
        }

        return JsonSerializer.SerializeToUtf8Bytes(resource, Relaxed);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private static void AddTo(JsonArray present, JsonArray items)
    {
        foreach (var item in items)
            if (!present.Any(other => Same(other, item))) present.Add(item?.DeepClone());
    }

    private static void DeleteFrom(JsonArray present, JsonArray items)
    {
        foreach (var item in items)
            for (var i = present.Count - 1; i >= 0; i--)
                if (Same(present[i], item)) present.RemoveAt(i);
    }

    // Codings are the same if system and code are; profiles are plain addresses.
    private static bool Same(JsonNode? one, JsonNode? other) => one is JsonObject a && other is JsonObject b
        ? JsonNode.DeepEquals(a["system"], b["system"]) && JsonNode.DeepEquals(a["code"], b["code"])
        : JsonNode.DeepEquals(one, other);

    private static Answer Of(StoredResource resource)
    {
        using var document = JsonDocument.Parse(resource.Body, new JsonDocumentOptions { MaxDepth = 256 });
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"return\",\"valueMeta\":"u8);
        output.Write(JsonSlices.Of(resource.Body, document.RootElement.GetProperty("meta"u8)).Span);
        output.Write("}]}"u8);
        return new Answer(StatusCodes.Status200OK) { Content = output.WrittenMemory };
    }
}

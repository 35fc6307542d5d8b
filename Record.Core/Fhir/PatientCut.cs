using System.Buffers;
using System.Text.Json;
using Record.Core.Feeds.Mapping;

namespace Record.Core.Fhir;

/// <summary>
/// What is shown of a Patient or Person: all; without whereabouts (a restricted person); or no more than who it is (no relationship).
/// One pass over the JSON tokens by lists of what stays, so that an element nobody thought of is not shown.
/// </summary>
internal static class PatientCut
{
    /// <summary>All of it.</summary>
    public const int Nothing = 0;

    /// <summary>What tells where a restricted person is.</summary>
    public const int Whereabouts = 1;

    /// <summary>All but who it is.</summary>
    public const int ButIdentity = 2;

    private static readonly string[] Identity = ["resourceType", "id", "meta", "identifier", "name", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime"];

    private static readonly string[] NotWhere =
        [.. Identity, "active", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger", "communication", "link"];

    /// <summary>The resource as it is shown.</summary>
    public static StoredResource Of(StoredResource resource, int cut) =>
        cut == Nothing || resource.Body.IsEmpty ? resource : resource with { Body = Cut(resource.Body.Span, cut), IsCut = true };

    private static byte[] Cut(ReadOnlySpan<byte> json, int cut)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        output.Write("{"u8);
        var kept = cut == Whereabouts ? NotWhere : Identity;
        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            var inside = reader;
            reader.Skip();
            if (!kept.Contains(name)) continue;
            if (any) output.Write(","u8);
            any = true;
            output.Write(json[start..value]);
            var of = json[value..(int)reader.BytesConsumed];
            if (name == "meta") Meta(of, cut, output);
            else if (name == "identifier" && cut == ButIdentity) Identifiers(of, output);
            else output.Write(of);
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    // Labels would say that somebody is restricted; without a relationship the source would say who knows them.
    private static void Meta(ReadOnlySpan<byte> meta, int cut, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(meta.ToArray());
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        foreach (var property in document.RootElement.EnumerateObject())
            if (property.Name is "versionId" or "lastUpdated" || cut == Whereabouts && property.Name is "profile" or "source") property.WriteTo(writer);
        writer.WriteStartArray("tag");
        if (document.RootElement.TryGetProperty("tag"u8, out var tags) && tags.ValueKind == JsonValueKind.Array)
            foreach (var tag in tags.EnumerateArray())
                if (cut == Whereabouts || IsOrigin(tag)) tag.WriteTo(writer);
        writer.WriteStartObject();
        writer.WriteString("system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue");
        writer.WriteString("code", "SUBSETTED");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool IsOrigin(JsonElement tag) => tag.TryGetProperty("system"u8, out var system) && system.ValueEquals(Systems.Origin);

    private static void Identifiers(ReadOnlySpan<byte> identifiers, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(identifiers.ToArray());
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartArray();
        if (document.RootElement.ValueKind == JsonValueKind.Array)
            foreach (var identifier in document.RootElement.EnumerateArray())
                if (identifier.TryGetProperty("system"u8, out var system) && system.ValueEquals(Systems.NhsNumber)) identifier.WriteTo(writer);
        writer.WriteEndArray();
    }
}

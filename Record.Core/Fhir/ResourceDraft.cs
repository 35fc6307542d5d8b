using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Record.Core.Fhir;

/// <summary>
/// A received resource, read once to know where <c>id</c> and <c>meta</c> stand, so that a version can be spliced in quickly.
/// Every other byte stays as it came: number lexemes, order and escapes are kept.
/// </summary>
internal sealed class ResourceDraft
{
    private readonly ReadOnlyMemory<byte> received;
    private readonly byte[] idText;
    private readonly byte[] metaRest; // what meta says besides versionId and lastUpdated, each with a comma before it
    private readonly (int Start, int End) id;
    private readonly (int Start, int End) meta;
    private readonly bool hasId;
    private readonly bool hasMeta;

    /// <summary>Reads where things stand.</summary>
    /// <param name="received">UTF-8 JSON of an object with a <c>resourceType</c>.</param>
    /// <param name="logicalId">The id that it will carry.</param>
    /// <exception cref="JsonException">It is not such an object.</exception>
    public ResourceDraft(ReadOnlyMemory<byte> received, string logicalId)
    {
        this.received = received;
        idText = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(logicalId));
        var afterType = -1;
        var reader = new Utf8JsonReader(received.Span, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("id"u8) ? 'i' : reader.ValueTextEquals("meta"u8) ? 'm' : reader.ValueTextEquals("resourceType"u8) ? 't' : ' ';
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var place = (start, (int)reader.BytesConsumed);
            if (name == 'i') (id, hasId) = (place, true);
            if (name == 'm') (meta, hasMeta) = (place, true);
            if (name == 't') afterType = place.Item2;
        }

        if (afterType < 0) throw new JsonException("resourceType is missing");
        if (!hasId) id = (afterType, afterType);
        if (!hasMeta) meta = (afterType, afterType);
        metaRest = hasMeta ? Rest(received.Span[meta.Start..meta.End]) : [];
    }

    /// <summary>The body of one version.</summary>
    public byte[] At(int version, DateTimeOffset updated)
    {
        var output = new ArrayBufferWriter<byte>(received.Length + idText.Length + metaRest.Length + 96);
        var bytes = received.Span;
        var idFirst = id.Start <= meta.Start;
        var (first, second) = idFirst ? (id, meta) : (meta, id);
        output.Write(bytes[..first.Start]);
        Write(output, idFirst, version, updated);
        output.Write(bytes[first.End..second.Start]);
        Write(output, !idFirst, version, updated);
        output.Write(bytes[second.End..]);
        return output.WrittenSpan.ToArray();
    }

    private void Write(ArrayBufferWriter<byte> output, bool writeId, int version, DateTimeOffset updated)
    {
        if (writeId)
        {
            if (!hasId) output.Write(",\"id\":"u8);
            output.Write(idText);
            return;
        }

        if (!hasMeta) output.Write(",\"meta\":"u8);
        output.Write("{\"versionId\":\""u8);
        version.TryFormat(output.GetSpan(11), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\",\"lastUpdated\":\""u8);
        updated.UtcDateTime.TryFormat(output.GetSpan(32), out written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\""u8);
        output.Write(metaRest);
        output.Write("}"u8);
    }

    private static byte[] Rest(ReadOnlySpan<byte> meta)
    {
        var rest = new ArrayBufferWriter<byte>(meta.Length);
        var reader = new Utf8JsonReader(meta, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var known = reader.ValueTextEquals("versionId"u8) || reader.ValueTextEquals("lastUpdated"u8);
            reader.Read();
            reader.Skip();
            if (known) continue;
            rest.Write(","u8);
            rest.Write(meta[start..(int)reader.BytesConsumed]);
        }

        return rest.WrittenSpan.ToArray();
    }
}

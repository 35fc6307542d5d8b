using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Record.Core.Fhir;

/// <summary>
/// Splices <c>id</c> and <c>meta</c> into the bytes received and leaves every other byte as it came:
/// number lexemes, order and escapes are kept.
/// </summary>
public static class ResourceBytes
{
    /// <summary>The body to store for one version.</summary>
    /// <param name="received">A JSON object with a <c>resourceType</c>.</param>
    /// <param name="id">Logical id to carry.</param>
    /// <param name="version">Becomes <c>meta.versionId</c>.</param>
    /// <param name="updated">Becomes <c>meta.lastUpdated</c>.</param>
    public static byte[] Splice(ReadOnlySpan<byte> received, string id, int version, DateTimeOffset updated)
    {
        var places = Find(received);
        var output = new ArrayBufferWriter<byte>(received.Length + 128);
        var meta = Meta(received, places.Meta, version, updated);
        var idText = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(id));
        var cuts = new List<(int Start, int End, byte[] Text)>();
        var after = places.AfterType;
        var inserted = "";
        if (places.Id is { } idAt) cuts.Add((idAt.Start, idAt.End, idText));
        else inserted += $",\"id\":{Encoding.UTF8.GetString(idText)}";
        if (places.Meta is { } metaAt) cuts.Add((metaAt.Start, metaAt.End, meta));
        else inserted += $",\"meta\":{Encoding.UTF8.GetString(meta)}";
        if (inserted.Length > 0) cuts.Add((after, after, Encoding.UTF8.GetBytes(inserted)));

        var position = 0;
        foreach (var (start, end, text) in cuts.OrderBy(cut => cut.Start))
        {
            output.Write(received[position..start]);
            output.Write(text);
            position = end;
        }

        output.Write(received[position..]);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Meta(ReadOnlySpan<byte> received, (int Start, int End)? at, int version, DateTimeOffset updated)
    {
        var meta = new StringBuilder($"{{\"versionId\":\"{version}\",\"lastUpdated\":\"{updated.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\"");
        if (at is { } place)
        {
            var old = received[place.Start..place.End];
            var reader = new Utf8JsonReader(old);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (name is "versionId" or "lastUpdated") continue;
                meta.Append(',').Append(JsonSerializer.Serialize(name)).Append(':')
                    .Append(Encoding.UTF8.GetString(old[from..(int)reader.BytesConsumed]));
            }
        }

        return Encoding.UTF8.GetBytes(meta.Append('}').ToString());
    }

    private readonly record struct Places((int Start, int End)? Id, (int Start, int End)? Meta, int AfterType);

    private static Places Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        (int, int)? id = null, meta = null;
        var after = -1;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isMeta = reader.ValueTextEquals("meta"u8);
            var isType = reader.ValueTextEquals("resourceType"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isId) id = (start, (int)reader.BytesConsumed);
            if (isMeta) meta = (start, (int)reader.BytesConsumed);
            if (isType) after = (int)reader.BytesConsumed;
        }

        return after < 0 ? throw new JsonException("resourceType is missing") : new(id, meta, after);
    }
}

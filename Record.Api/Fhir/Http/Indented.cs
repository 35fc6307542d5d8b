using System.Buffers;
using System.Text.Json;

namespace Record.Api.Fhir;

/// <summary>Lays JSON out for people (<c>_pretty=true</c>): only white space changes, numbers and escapes stay as stored.</summary>
internal static class Indented
{
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        var first = true; // nothing stands in the present object or array yet
        var named = false; // a property's name was written last
        while (reader.Read())
        {
            var closes = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (!closes && !named && !first) output.Write(","u8);
            if (!named && !(closes && first) && reader.BytesConsumed > 1) Line(output, reader.CurrentDepth);
            output.Write(json[(int)reader.TokenStartIndex..(int)End(reader)]);
            named = reader.TokenType == JsonTokenType.PropertyName;
            if (named) output.Write(": "u8);
            first = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        }
    }

    // Of a property's name the reader has consumed the colon too.
    private static long End(in Utf8JsonReader reader) => reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String
        ? reader.TokenStartIndex + reader.ValueSpan.Length + 2
        : reader.BytesConsumed;

    private static void Line(IBufferWriter<byte> output, int depth)
    {
        var span = output.GetSpan(1 + 2 * depth)[..(1 + 2 * depth)];
        span.Fill((byte)' ');
        span[0] = (byte)'\n';
        output.Advance(span.Length);
    }
}

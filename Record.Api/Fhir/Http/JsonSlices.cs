using System.Runtime.InteropServices;
using System.Text.Json;

namespace Record.Api.Fhir;

/// <summary>The bytes of one element inside the bytes that its document was parsed from: nothing is copied.</summary>
internal static class JsonSlices
{
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> document, JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return document.Span.Overlaps(raw, out var offset) ? document.Slice(offset, raw.Length) : raw.ToArray();
    }
}

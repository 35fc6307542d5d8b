using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Record.Api.Fhir;

/// <summary>Writes JSON as ready-made UTF-8 pieces.</summary>
internal readonly struct JsonOut(IBufferWriter<byte> output)
{
    public IBufferWriter<byte> Output { get; } = output;

    public void Raw(ReadOnlySpan<byte> utf8) => Output.Write(utf8);

    /// <summary>Text that needs no escaping: types, ids, dates.</summary>
    public void Plain(string text)
    {
        var span = Output.GetSpan(text.Length * 3);
        Output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    public void Number(long number)
    {
        var span = Output.GetSpan(20);
        number.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
        Output.Advance(written);
    }

    /// <summary>A string in quotes, escaped.</summary>
    public void Text(string text)
    {
        Raw("\""u8);
        Raw(JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Raw("\""u8);
    }

    public void Instant(DateTimeOffset time)
    {
        var span = Output.GetSpan(32);
        time.UtcDateTime.TryFormat(span, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Output.Advance(written);
    }
}

using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/#additional-string-functions</summary>
internal static class Encodings
{
    public static readonly Function[] All =
    [
        new("encode", 1, 1, call => call.Texts((text, format) => Checked(Encode(Encoding.UTF8.GetBytes(text), format)))),
        new("decode", 1, 1, call => call.Texts(Decode)),
        new("escape", 1, 1, call => call.Texts((text, target) => Checked(Escape(text, target)))),
        new("unescape", 1, 1, call => call.Texts(Unescape)),
    ];

    private static string? Checked(string? text) => text is null ? null : Texts.Checked(text);

    private static string? Encode(byte[] bytes, string format) => format switch
    {
        "hex" => Convert.ToHexStringLower(bytes),
        "base64" => Convert.ToBase64String(bytes),
        "urlbase64" => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'),
        _ => null,
    };

    private static string? Decode(string text, string format)
    {
        try
        {
            return format switch
            {
                "hex" => Encoding.UTF8.GetString(Convert.FromHexString(text)),
                "base64" => Encoding.UTF8.GetString(Convert.FromBase64String(text)),
                "urlbase64" => Encoding.UTF8.GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))),
                _ => null,
            };
        }
        catch (FormatException)
        {
            throw new FhirPathException($"decode() was given text that is not {format}.");
        }
    }

    private static string? Escape(string text, string target) => target switch
    {
        "html" => WebUtility.HtmlEncode(text),
        "json" => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
        _ => null,
    };

    private static string? Unescape(string text, string target)
    {
        if (target == "html") return WebUtility.HtmlDecode(text);
        if (target != "json") return null;
        try
        {
            return JsonSerializer.Deserialize<string>($"\"{Requoted(text)}\"");
        }
        catch (JsonException)
        {
            throw new FhirPathException("unescape() was given text that is not escaped JSON.");
        }
    }

    // A quotation mark that is not escaped stands for itself.
    private static string Requoted(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) result.Append(text[i++]);
            else if (text[i] == '"') result.Append('\\');
            result.Append(text[i]);
        }

        return result.ToString();
    }
}

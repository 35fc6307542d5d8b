using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Record.Core.Fhir;

/// <summary>Where a page starts, and the question it is of. Encrypted, so that a link shows neither names nor numbers.</summary>
internal sealed record PageToken
{
    /// <summary>The question's parameters; null where they were too many for a link.</summary>
    [JsonPropertyName("q")]
    public IReadOnlyList<string[]>? Question { get; init; }

    /// <summary>Whether the question was read strictly.</summary>
    [JsonPropertyName("s")]
    public bool Strict { get; init; }

    /// <summary>What the token is of: a type, or the path of a history.</summary>
    [JsonPropertyName("t")]
    public string Of { get; init; } = "";

    /// <summary>Number of the last resource of the page before.</summary>
    [JsonPropertyName("r")]
    public long Number { get; init; }

    /// <summary>Its keys.</summary>
    [JsonPropertyName("k")]
    public IReadOnlyList<string?> Keys { get; init; } = [];

    /// <summary>How many matched at first.</summary>
    [JsonPropertyName("n")]
    public long? Total { get; init; }

    /// <summary>What the first page had seen: PostgreSQL's snapshot.</summary>
    [JsonPropertyName("x")]
    public string? Snapshot { get; init; }

    /// <summary>Longest question that a link carries, in characters.</summary>
    private const int LongestQuestion = 3000;

    /// <summary>A question as a token has it; null if it is too long.</summary>
    public static IReadOnlyList<string[]>? Keep(IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        parameters.Sum(p => p.Key.Length + p.Value.Length) > LongestQuestion ? null : [.. parameters.Select(p => new[] { p.Key, p.Value })];

    /// <summary>The token's text: URL-safe.</summary>
    public string Seal(byte[] key)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, true)) JsonSerializer.Serialize(deflate, this);
        var text = packed.ToArray();
        var sealedText = new byte[12 + 16 + text.Length];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(sealedText.AsSpan(0, 12), text, sealedText.AsSpan(28), sealedText.AsSpan(12, 16));
        return Base64Url.EncodeToString(sealedText);
    }

    /// <summary>Reads a token; null if it was not made here.</summary>
    public static PageToken? Open(string text, byte[] key)
    {
        try
        {
            var sealedText = Base64Url.DecodeFromChars(text);
            if (sealedText.Length < 28) return null;
            var packed = new byte[sealedText.Length - 28];
            using var aes = new AesGcm(key, 16);
            aes.Decrypt(sealedText.AsSpan(0, 12), sealedText.AsSpan(28), sealedText.AsSpan(12, 16), packed);
            using var inflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            return JsonSerializer.Deserialize<PageToken>(inflate);
        }
        catch (Exception problem) when (problem is FormatException or CryptographicException)
        {
            return null;
        }
    }
}

using System.Text.Json;
using System.Text.Unicode;

namespace Record.Core.Validation;

/// <summary>Whether bytes are JSON that can be read safely: before much is allocated for them.</summary>
internal static class JsonBody
{
    /// <summary>A body of this size is small whatever is in it.</summary>
    private const int Small = 1 << 20;

    public static ValidationIssue NotUtf8 { get; } = Structure("The body is not valid UTF-8.");

    public static ValidationIssue HalfPair { get; } = Structure("The body holds half of a surrogate pair.");

    /// <summary>What forbids to parse the bytes; null where nothing does.</summary>
    public static ValidationIssue? Fault(ReadOnlySpan<byte> bytes, ValidationOptions options)
    {
        if (bytes.IsEmpty) return Structure("The body is empty.");
        if (bytes.StartsWith("\uFEFF"u8)) return Structure("The body begins with a byte order mark, which JSON does not allow.");
        if (!Utf8.IsValid(bytes)) return NotUtf8;
        return bytes.Length <= Small && bytes.Length <= options.MaxTokens ? null : TooManyTokens(bytes, options);
    }

    /// <summary>Why parsing failed: too deep, or no JSON at some byte. Never quotes the body.</summary>
    public static ValidationIssue WhyUnreadable(ReadOnlySpan<byte> bytes, ValidationOptions options)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            while (reader.Read()) { }
            return Structure("The body is not JSON.");
        }
        catch (JsonException)
        {
            return reader.CurrentDepth >= options.MaxDepth - 1 && IsOpening(bytes[(int)reader.BytesConsumed..])
                ? Structure($"The body nests more than {options.MaxDepth} levels deep.")
                : Structure($"The body is not JSON: it cannot be read from byte {reader.BytesConsumed + 1} on.");
        }
    }

    private static ValidationIssue? TooManyTokens(ReadOnlySpan<byte> bytes, ValidationOptions options)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            for (var tokens = 0; reader.Read(); tokens++)
                if (tokens == options.MaxTokens) return new(IssueSeverity.Fatal, "too-costly", "Resource", $"The body has more than {options.MaxTokens} JSON tokens.");
            return null;
        }
        catch (JsonException)
        {
            return WhyUnreadable(bytes, options);
        }
    }

    private static bool IsOpening(ReadOnlySpan<byte> rest) => rest.TrimStart(" \t\r\n,:"u8) is [(byte)'{' or (byte)'[', ..];

    private static ValidationIssue Structure(string sentence) => new(IssueSeverity.Fatal, "structure", "Resource", sentence);
}

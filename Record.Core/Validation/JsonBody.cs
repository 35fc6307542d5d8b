using System.Text.Json;
using System.Text.Unicode;

namespace Record.Core.Validation;

/// <summary>Whether bytes are JSON that can be read safely: before anything is allocated for them.</summary>
internal static class JsonBody
{
    /// <summary>The first fault that keeps the bytes from being read as JSON.</summary>
    public static ValidationIssue? Fault(ReadOnlySpan<byte> bytes, ValidationOptions options)
    {
        if (bytes.IsEmpty) return Structure("The body is empty.");
        if (bytes.StartsWith("\uFEFF"u8)) return Structure("The body begins with a byte order mark, which JSON does not allow.");
        if (!Utf8.IsValid(bytes)) return Structure("The body is not valid UTF-8.");
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            for (var tokens = 0; reader.Read(); tokens++)
                if (tokens == options.MaxTokens) return new(IssueSeverity.Fatal, "too-costly", "Resource", $"The body has more than {options.MaxTokens} JSON tokens.");
            return null;
        }
        catch (JsonException)
        {
            return reader.CurrentDepth >= options.MaxDepth
                ? Structure($"The body nests more than {options.MaxDepth} levels deep.")
                : Structure($"The body is not JSON: byte {reader.BytesConsumed + 1} and what follows cannot be read.");
        }
    }

    private static ValidationIssue Structure(string sentence) => new(IssueSeverity.Fatal, "structure", "Resource", sentence);
}

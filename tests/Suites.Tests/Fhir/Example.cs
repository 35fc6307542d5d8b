using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Testing;

namespace Suites.Tests.Fhir;

/// <summary>One file of a suite.</summary>
public sealed record Example(string Name, byte[] Bytes)
{
    /// <summary>The JSON files of a suite, in order.</summary>
    public static IReadOnlyList<Example> Of(string suite)
    {
        var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        using var zip = ZipFile.OpenRead(Path.Combine(data, suite));
        return [.. zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)).OrderBy(entry => entry.FullName, StringComparer.Ordinal).Select(Read)];
    }

    private static Example Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var read = bytes.ToArray();
        return new(entry.FullName, read.AsSpan().StartsWith("\uFEFF"u8) ? read[3..] : read);
    }

    /// <summary>A member of the resource that is a string; null if there is none.</summary>
    public string? Text(string name)
    {
        using var document = JsonDocument.Parse(Bytes);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>
    /// What must come back: every member in its order and every number in its digits, without what the server gives
    /// (<c>id</c>, <c>meta.versionId</c>, <c>meta.lastUpdated</c>).
    /// </summary>
    public static string Content(byte[] resource)
    {
        using var document = JsonDocument.Parse(resource);
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "id" || member.Name == "meta" && !member.Value.EnumerateObject().Any(Kept)) continue;
                json.WritePropertyName(member.Name);
                if (member.Name == "meta") Meta(json, member.Value);
                else member.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static bool Kept(JsonProperty member) => member.Name is not ("versionId" or "lastUpdated");

    private static void Meta(Utf8JsonWriter json, JsonElement meta)
    {
        json.WriteStartObject();
        foreach (var member in meta.EnumerateObject().Where(Kept)) member.WriteTo(json);
        json.WriteEndObject();
    }
}

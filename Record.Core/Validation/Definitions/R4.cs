using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Record.Core.Validation.Definitions;

/// <summary>
/// The rules of FHIR R4 (4.0.1), read once from the embedded artefact that <c>tools/Definitions</c> writes.
/// </summary>
internal sealed class R4
{
    private static readonly Lazy<R4> Loaded = new(Load);

    /// <summary>Every type and backbone element by name.</summary>
    public required IReadOnlyDictionary<string, TypeRule> Types { get; init; }

    /// <summary>The concrete resource types, by their names in UTF-8.</summary>
    public required Utf8Names<TypeRule> Resources { get; init; }

    /// <summary>What <c>_status</c> may hold.</summary>
    public required TypeRule Element { get; init; }

    /// <summary>Value sets with their lists.</summary>
    public required IReadOnlyDictionary<string, CodeList> ValueSets { get; init; }

    public static R4 Rules => Loaded.Value;

    private static R4 Load()
    {
        using var file = typeof(R4).Assembly.GetManifestResourceStream("Record.Core.Validation.Definitions.r4.json.gz")!;
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var document = JsonDocument.Parse(unzipped);
        return new RuleReader(document.RootElement).Read();
    }

    /// <summary>Names in UTF-8 with what they stand for.</summary>
    public static Utf8Names<T> Names<T>(IEnumerable<T> values, Func<T, string> name) where T : class =>
        new([.. values.Select(value => (Encoding.UTF8.GetBytes(name(value)), value))]);
}

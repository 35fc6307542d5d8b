using System.Text;

namespace Record.Core.Validation.Definitions;

/// <summary>The codes of a value set with a required binding.</summary>
internal sealed class CodeList
{
    private readonly Utf8Names<string> all;
    private readonly Utf8Names<Utf8Names<string>> bySystem;

    public CodeList(string url, IReadOnlyCollection<KeyValuePair<string, string[]>> systems)
    {
        Url = url;
        all = Set(systems.SelectMany(system => system.Value).Distinct());
        bySystem = new([.. systems.Select(system => (Encoding.UTF8.GetBytes(system.Key), Set(system.Value)))]);
    }

    public string Url { get; }

    /// <summary>Whether a code without a system is in it.</summary>
    public bool Has(ReadOnlySpan<byte> code) => all.Find(code) is not null;

    /// <summary>Whether a coding is in it.</summary>
    public bool Has(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) => bySystem.Find(system)?.Find(code) is not null;

    private static Utf8Names<string> Set(IEnumerable<string> codes) => new([.. codes.Select(code => (Encoding.UTF8.GetBytes(code), code))]);
}

using System.Collections;
using Record.Core.Feeds.V2;

namespace Record.Core.Feeds.Mapping;

/// <summary>What one field of a segment becomes: the same entry maps it and stands in docs/feeds/hl7v2-mapping.md.</summary>
/// <param name="Segment">Name of the segment.</param>
/// <param name="Number">Number of the field.</param>
/// <param name="Becomes">FHIR path, or what it decides.</param>
internal sealed record FieldNote(string Segment, int Number, string Becomes);

/// <summary>The fields of one segment that a family of messages takes, in order.</summary>
/// <typeparam name="T">What takes them.</typeparam>
internal sealed class FieldMap<T>(string segment) : IEnumerable<FieldNote>
{
    private readonly List<(int Number, string Becomes, Action<T, V2Value>? Take)> rules = [];

    /// <summary>A field that becomes something.</summary>
    public void Add(int number, string becomes, Action<T, V2Value> take) => rules.Add((number, becomes, take));

    /// <summary>A field that decides something, read where it is decided.</summary>
    public void Add(int number, string becomes) => rules.Add((number, becomes, null));

    /// <summary>Hands each field that says something (also <c>""</c>) to what takes it.</summary>
    public void Apply(T target, V2Segment from)
    {
        if (!from.Exists) return;
        foreach (var (number, _, take) in rules)
            if (take is not null && from.Field(number) is { IsEmpty: false } said) take(target, said);
    }

    public IEnumerator<FieldNote> GetEnumerator() => rules.Select(rule => new FieldNote(segment, rule.Number, rule.Becomes)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>Makes records that say the same share the text: a million people have few names, and a person's records one address.</summary>
internal sealed class SharedText
{
    private readonly Dictionary<string, string> texts = [];

    /// <summary>The same record in less memory.</summary>
    public MatchSubject Share(MatchSubject subject) => subject with
    {
        Given = Share(subject.Given), Family = Share(subject.Family), FormerFamily = Share(subject.FormerFamily), BirthDate = Share(subject.BirthDate),
        Postcodes = Share(subject.Postcodes), Addresses = Share(subject.Addresses), Localities = Share(subject.Localities), Phones = Share(subject.Phones), Emails = Share(subject.Emails),
        NhsNumber = Share(subject.NhsNumber), FormerNumbers = Share(subject.FormerNumbers), Identifiers = Share(subject.Identifiers), BirthPlace = Share(subject.BirthPlace), Occupation = Share(subject.Occupation),
    };

    private string[] Share(IReadOnlyList<string> values)
    {
        if (values.Count == 0) return [];
        var shared = new string[values.Count];
        for (var i = 0; i < shared.Length; i++) shared[i] = Share(values[i])!;
        return shared;
    }

    private string? Share(string? text)
    {
        if (text is null) return null;
        if (texts.TryGetValue(text, out var known)) return known;
        texts.Add(text, text);
        return text;
    }
}

namespace Record.Core.Identity.Matching;

/// <summary>
/// Which records are worth comparing: those that share a key. Keys go from narrow to broad; a block that is too large is left
/// out, because the narrower keys find its pairs: so the same keys serve a thousand records and a million.
/// </summary>
public static class BlockingKeys
{
    /// <summary>How many kinds of keys there are.</summary>
    public const int Passes = 20;

    /// <summary>From this kind on keys are broad: their blocks are left out sooner (<see cref="LinkageOptions.LargestBroadBlock"/>).</summary>
    public const int Broad = 13;

    private const int PassBits = 5;

    /// <summary>The keys of a record, without doubles, the narrow ones first. The kind is in the lowest bits.</summary>
    public static IReadOnlyList<long> Of(MatchSubject subject)
    {
        var keys = new HashSet<long>();
        void Add(int pass, params ReadOnlySpan<string?> parts)
        {
            foreach (var part in parts)
                if (string.IsNullOrEmpty(part)) return;
            keys.Add(Hash(pass, parts));
        }

        var (given, family) = (Nicknames.Root(subject.FirstName), subject.FamilyName);
        var born = subject.BirthDate is { Length: 8 } date ? date : null;
        var year = subject.BirthDate is { Length: >= 4 } known ? known[..4] : null;
        Add(0, subject.NhsNumber);
        foreach (var former in subject.FormerNumbers) Add(0, former);
        foreach (var identifier in subject.Identifiers) Add(1, identifier);
        foreach (var phone in subject.Phones) Add(2, phone);
        foreach (var email in subject.Emails) Add(3, email);
        // Names in either place, day and month in either order: found by one key.
        var sounds = Sounds(subject).Distinct().ToList();
        foreach (var sound in sounds)
        {
            Add(4, sound, Unordered(born));
            Add(5, sound, born?[4..]);
            foreach (var postcode in subject.Postcodes) Add(6, sound, postcode);
            foreach (var address in subject.Addresses) Add(7, sound, address);
            Add(14, sound, year);
            foreach (var place in subject.Localities) Add(15, sound, place);
        }

        Add(8, Ordered(given, family), year);
        foreach (var postcode in subject.Postcodes)
        {
            Add(9, Ordered(given, family), SubjectComparison.Outward(postcode) ?? postcode);
            Add(10, postcode, year);
            Add(16, postcode);
        }

        Add(11, born, subject.Sex?.ToString());
        Add(12, Ordered(Folding.Sound(given), Folding.Sound(family)), born?[4..6]);
        Add(13, Ordered(Folding.Sound(given), Folding.Sound(family)));
        Add(17, Unordered(born));
        Add(18, family, given.Length > 0 ? given[..1] : "-");
        foreach (var email in subject.Emails) Add(19, email.Length >= 5 ? email[..5] : null);
        return [.. keys.OrderBy(PassOf)];
    }

    /// <summary>The key of an NHS number.</summary>
    internal static long OfNumber(string number) => Hash(0, [number]);

    /// <summary>The kind of a key.</summary>
    public static int PassOf(long key) => (int)(key & ((1 << PassBits) - 1));

    /// <summary>How many records a key's block may have.</summary>
    internal static int Largest(long key, LinkageOptions options) => PassOf(key) >= Broad ? options.LargestBroadBlock : options.LargestBlock;

    private static IEnumerable<string> Sounds(MatchSubject subject)
    {
        if (subject.FirstName.Length > 1) yield return Folding.Sound(Nicknames.Root(subject.FirstName));
        foreach (var word in subject.Family)
            if (word.Length > 2 || subject.Family.Count == 1) yield return Folding.Sound(word);
    }

    private static string? Unordered(string? born) =>
        born is null ? null : string.CompareOrdinal(born, 4, born, 6, 2) <= 0 ? born : born[..4] + born[6..] + born[4..6];

    private static string? Ordered(string a, string b) =>
        a.Length == 0 || b.Length == 0 ? null : string.CompareOrdinal(a, b) <= 0 ? $"{a} {b}" : $"{b} {a}";

    // FNV-1a, mixed: the same in every process and version, because keys are kept.
    private static long Hash(int pass, ReadOnlySpan<string?> parts)
    {
        var hash = 14695981039346656037UL ^ (ulong)pass;
        foreach (var part in parts)
        {
            foreach (var sign in part!) hash = (hash ^ sign) * 1099511628211UL;
            hash = (hash ^ 0x1F) * 1099511628211UL;
        }

        hash ^= hash >> 32;
        hash *= 0x9E3779B97F4A7C15UL;
        hash ^= hash >> 29;
        return (long)(hash & ~((1UL << PassBits) - 1) | (uint)pass);
    }
}

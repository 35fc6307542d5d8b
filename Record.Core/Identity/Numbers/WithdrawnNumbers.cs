using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Numbers;

/// <summary>NHS numbers that stewards withdrew: invalidated ones stand for nobody, for a superseded one stands another.</summary>
/// <param name="replaced">Each number and what stands for it; null: nothing.</param>
internal sealed class WithdrawnNumbers(IReadOnlyDictionary<string, string?> replaced)
{
    private const int Longest = 8; // numbers that replace one another

    /// <summary>Whether a number is on the list.</summary>
    public bool Lists(string number) => replaced.ContainsKey(number);

    /// <summary>Whether some number of the list is followed by this one.</summary>
    public bool Leads(string to) => replaced.Values.Contains(to);

    /// <summary>A record as it is with that known.</summary>
    public MatchSubject Apply(MatchSubject subject)
    {
        if (subject.NhsNumber is not { } number || !replaced.ContainsKey(number)) return subject;
        var (former, now) = (new List<string>(subject.FormerNumbers), (string?)number);
        for (var steps = 0; now is not null && steps < Longest && replaced.TryGetValue(now, out var next); steps++, now = next)
            if (!former.Contains(now)) former.Add(now);
        // What was invalidated shows nothing; it is kept, so that its holders are found when that is undone.
        return subject with { NhsNumber = now, Verified = subject.Verified && now is not null, FormerNumbers = former };
    }
}

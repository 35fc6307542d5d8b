using Record.Core.Identity.Bulk;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Evaluation;

/// <summary>A pair that a steward would be asked about, by place.</summary>
public readonly record struct AskedPair(int A, int B, double Weight);

/// <summary>A whole set linked from nothing in memory, record by record in its order, as the product links.</summary>
/// <param name="PersonOf">For each record its person.</param>
/// <param name="Review">What a steward would be asked: at most one pair for two persons.</param>
/// <param name="Rules">Weights and thresholds used.</param>
/// <param name="Compared">How many pairs were compared.</param>
/// <param name="LeftOut">Blocks left out as too large, by kind of key.</param>
public sealed record LinkageRun(IReadOnlyList<int> PersonOf, IReadOnlyList<AskedPair> Review, LinkageRules Rules, long Compared, IReadOnlyList<int> LeftOut)
{
    private const int AtATime = 10_000;

    /// <summary>Links a set.</summary>
    /// <param name="subjects">The records, with different ids.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="known">Weights to use; null: estimated from the set itself.</param>
    public static LinkageRun Of(IReadOnlyList<MatchSubject> subjects, LinkageOptions options, MatchWeights? known = null)
    {
        var blocks = new Blocks(subjects, options);
        var rules = new LinkageRules(known ?? EstimateWeights.From(subjects, blocks, 1), options);
        var links = new MemoryLinks(subjects, blocks, rules, 0);
        Take(subjects, links, new(links, rules));
        var labels = links.Persons.Labels();
        // One question for two persons, the likeliest: its answer decides for all their records.
        var asked = links.Questions.Open.Where(question => labels[question.First] != labels[question.Second])
            .GroupBy(question => (Math.Min(labels[question.First], labels[question.Second]), Math.Max(labels[question.First], labels[question.Second])))
            .Select(group => group.MaxBy(question => question.Weight)!).Select(question => new AskedPair(question.First, question.Second, question.Weight));
        return new(labels, [.. asked], rules, links.Compared, blocks.LeftOut);
    }

    // In memory nothing waits, so nothing is awaited.
    private static void Take(IReadOnlyList<MatchSubject> subjects, MemoryLinks links, Relinking relinking)
    {
        for (var from = 0; from < subjects.Count; from += AtATime)
        {
            var to = Math.Min(from + AtATime, subjects.Count);
            links.Compare(from, to);
            for (var record = from; record < to; record++) relinking.Take(subjects[record], new(null, null), null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }
}

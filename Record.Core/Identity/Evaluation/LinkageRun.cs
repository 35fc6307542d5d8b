using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Evaluation;

/// <summary>A whole set linked from nothing, in memory.</summary>
/// <param name="PersonOf">For each record its person.</param>
/// <param name="Review">What a steward would be asked: at most one pair for two persons.</param>
/// <param name="Rules">Weights and thresholds used.</param>
/// <param name="Compared">How many pairs were compared.</param>
/// <param name="LeftOut">Blocks left out as too large, by kind of key.</param>
public sealed record LinkageRun(int[] PersonOf, IReadOnlyList<ScoredPair> Review, LinkageRules Rules, long Compared, IReadOnlyList<int> LeftOut)
{
    /// <summary>Links a set.</summary>
    /// <param name="subjects">The records.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="known">Weights to use; null: estimated from the set itself.</param>
    public static LinkageRun Of(IReadOnlyList<MatchSubject> subjects, LinkageOptions options, MatchWeights? known = null)
    {
        var blocks = new Blocks(subjects, options);
        var rules = new LinkageRules(known ?? EstimateWeights.From(subjects, blocks, 1), options);
        using var local = new ThreadLocal<(List<ScoredPair> Pairs, long[] Compared)>(() => ([], new long[1]), trackAllValues: true);
        blocks.ForEachPair((a, b) =>
        {
            var (pairs, compared) = local.Value;
            compared[0]++;
            var score = rules.Score(subjects[a], subjects[b]);
            if (score.Zone != Zone.None) pairs.Add(new(a, b, score.Weight, score.Zone));
        });
        var (personOf, review) = GatherPersons.From(
            subjects.Count, local.Values.SelectMany(value => value.Pairs), (a, b) => rules.Score(subjects[a], subjects[b]), options);
        return new(personOf, review, rules, local.Values.Sum(value => value.Compared[0]), blocks.LeftOut);
    }
}

namespace Record.Core.Identity.Matching;

/// <summary>
/// Estimates weights from data without knowing who is who: u from pairs taken at random, m and the prior by expectation and
/// maximisation over the pairs that share a key; a pair that shares none is taken to be two people.
/// </summary>
public static class EstimateWeights
{
    private const int RandomPairs = 1_000_000;
    private const int Rounds = 40;
    private const double PriorPairs = 25; // how much pairs of data the default levels count as

    /// <summary>Estimates weights.</summary>
    /// <param name="subjects">The records; at least two.</param>
    /// <param name="blocks">Their blocks.</param>
    /// <param name="version">The version the estimate gets.</param>
    public static MatchWeights From(IReadOnlyList<MatchSubject> subjects, Blocks blocks, int version)
    {
        var patterns = Patterns(subjects, blocks);
        var random = RandomPatterns(subjects);
        var pairs = subjects.Count * (subjects.Count - 1.0) / 2;
        var weights = Start(1.0 / subjects.Count, version);
        SetU(weights, random, null);
        for (var round = 0; round < Rounds; round++)
        {
            // Among pairs taken at random are some of one person, in small sets many: they say nothing of u.
            if (round is 5 or 15) SetU(weights, random, weights);
            weights = Maximise(weights, patterns, pairs);
        }

        var matchesPerRecord = weights.Prior * (subjects.Count - 1);
        return weights.With(Frequencies.Of(subjects, 1 + matchesPerRecord));
    }

    private static MatchWeights Start(double prior, int version)
    {
        var weights = new MatchWeights { Prior = prior, Version = version };
        foreach (var (field, levels) in DefaultLevels.All)
            foreach (var (level, m, u) in levels) weights.Set(field, level, m, u);
        return weights;
    }

    private static MatchWeights Maximise(MatchWeights weights, Dictionary<ulong, int> patterns, double pairs)
    {
        var counts = new double[Comparison.Fields, Comparison.Levels];
        var expected = 0.0;
        foreach (var (bits, count) in patterns)
        {
            var comparison = new Comparison(bits);
            var same = count * Chance(weights.PlainWeight(comparison));
            expected += same;
            for (var field = MatchField.Given; field <= MatchField.Occupation; field++) counts[(int)field, (int)comparison[field]] += same;
        }

        var next = new MatchWeights { Prior = Math.Clamp(expected / pairs, 1e-12, 0.5), Version = weights.Version };
        foreach (var (field, levels) in DefaultLevels.All)
        {
            var total = levels.Sum(level => counts[(int)field, (int)level.Level]) + PriorPairs;
            foreach (var (level, m, _) in levels) next.Set(field, level, (counts[(int)field, (int)level] + PriorPairs * m) / total, weights.U(field, level));
        }

        return next;
    }

    private static void SetU(MatchWeights weights, Dictionary<ulong, int> random, MatchWeights? known)
    {
        var counts = new double[Comparison.Fields, Comparison.Levels];
        foreach (var (bits, count) in random)
        {
            var comparison = new Comparison(bits);
            var other = known is null ? count : count * (1 - Chance(known.PlainWeight(comparison)));
            for (var field = MatchField.Given; field <= MatchField.Occupation; field++) counts[(int)field, (int)comparison[field]] += other;
        }

        foreach (var (field, levels) in DefaultLevels.All)
        {
            var total = levels.Sum(level => counts[(int)field, (int)level.Level]) + PriorPairs;
            foreach (var (level, _, u) in levels) weights.Set(field, level, weights.M(field, level), (counts[(int)field, (int)level] + PriorPairs * u) / total);
        }
    }

    private static double Chance(double weight) => 1 / (1 + double.Exp2(-weight));

    private static Dictionary<ulong, int> Patterns(IReadOnlyList<MatchSubject> subjects, Blocks blocks)
    {
        using var local = new ThreadLocal<Dictionary<ulong, int>>(() => [], trackAllValues: true);
        blocks.ForEachPair((a, b) =>
        {
            var bits = SubjectComparison.Compare(subjects[a], subjects[b]).Bits;
            local.Value![bits] = local.Value!.GetValueOrDefault(bits) + 1;
        });
        return local.Values.SelectMany(counts => counts).GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value));
    }

    private static Dictionary<ulong, int> RandomPatterns(IReadOnlyList<MatchSubject> subjects)
    {
        var random = new Random(1); // not a secret: the same data gives the same weights
        var counts = new Dictionary<ulong, int>();
        for (var i = 0; i < RandomPairs; i++)
        {
            var (a, b) = (random.Next(subjects.Count), random.Next(subjects.Count));
            if (a == b) continue;
            var bits = SubjectComparison.Compare(subjects[a], subjects[b]).Bits;
            counts[bits] = counts.GetValueOrDefault(bits) + 1;
        }

        return counts;
    }
}

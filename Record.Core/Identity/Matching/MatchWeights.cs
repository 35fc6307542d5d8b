namespace Record.Core.Identity.Matching;

/// <summary>
/// What agreement and disagreement of each field are worth: the chance of a level among records of one person (m) and of two
/// people (u), as Fellegi and Sunter (1969) have it; weights are log2(m/u).
/// </summary>
public sealed class MatchWeights
{
    private readonly double[] m = new double[Comparison.Fields * Comparison.Levels];
    private readonly double[] u = new double[Comparison.Fields * Comparison.Levels];

    /// <summary>Which estimate this is; 0: what the product comes with.</summary>
    public int Version { get; init; }

    /// <summary>The chance that two records taken at random are of one person.</summary>
    public required double Prior { get; init; }

    /// <summary>How common values are.</summary>
    public Frequencies Frequencies { get; init; } = new();

    /// <summary>What the product comes with, for a population of that size.</summary>
    public static MatchWeights Default(double population)
    {
        var weights = new MatchWeights { Prior = 1 / population };
        foreach (var (field, levels) in DefaultLevels.All)
            foreach (var (level, same, other) in levels) weights.Set(field, level, same, other);
        return weights;
    }

    /// <summary>The chance of a level among records of one person.</summary>
    public double M(MatchField field, MatchLevel level) => m[Index(field, level)];

    /// <summary>The chance of a level among records of two people.</summary>
    public double U(MatchField field, MatchLevel level) => u[Index(field, level)];

    /// <summary>Sets both chances of a level.</summary>
    public void Set(MatchField field, MatchLevel level, double same, double other) => (m[Index(field, level)], u[Index(field, level)]) = (same, other);

    /// <summary>The weight of all fields together, the prior included: the logarithm (base 2) of the odds that both are one person.</summary>
    public double Weight(Comparison comparison, MatchSubject a, MatchSubject b)
    {
        var (sum, home) = (Math.Log2(Prior / (1 - Prior)), new Home());
        for (var field = MatchField.Given; field <= MatchField.Occupation; field++)
            if (Weight(field, comparison[field], a, b) is var weight && !home.Takes(field, weight)) sum += weight;
        return sum + home.Weight;
    }

    /// <summary>The weight of one field.</summary>
    public double Weight(MatchField field, MatchLevel level, MatchSubject a, MatchSubject b)
    {
        if (level == MatchLevel.Missing) return 0;
        var (same, other) = (M(field, level), U(field, level));
        if (same <= 0 || other <= 0) return 0;
        if (level == MatchLevel.Exact) other = Math.Max(Frequencies.Share(a, field, other), Frequencies.Share(b, field, other));
        return Math.Log2(same / other);
    }

    /// <summary>The weight of a comparison without regard to how common the values are.</summary>
    internal double PlainWeight(Comparison comparison)
    {
        var (sum, home) = (Math.Log2(Prior / (1 - Prior)), new Home());
        for (var field = MatchField.Given; field <= MatchField.Occupation; field++)
            if (comparison[field] is var level and not MatchLevel.Missing && M(field, level) > 0 && U(field, level) > 0
                && Math.Log2(M(field, level) / U(field, level)) is var weight && !home.Takes(field, weight)) sum += weight;
        return sum + home.Weight;
    }

    /// <summary>The same weights with what is known of values.</summary>
    internal MatchWeights With(Frequencies frequencies)
    {
        var weights = new MatchWeights { Version = Version, Prior = Prior, Frequencies = frequencies };
        m.CopyTo(weights.m, 0);
        u.CopyTo(weights.u, 0);
        return weights;
    }

    private static int Index(MatchField field, MatchLevel level) => (int)field * Comparison.Levels + (int)level;

    // House, postcode and town say the same thing more than once: what speaks for it counts once in full, the rest half.
    private struct Home
    {
        private double best, all;

        public readonly double Weight => best + (all - best) / 2;

        public bool Takes(MatchField field, double weight)
        {
            if (weight <= 0 || field is not (MatchField.Postcode or MatchField.Address or MatchField.Locality)) return false;
            (best, all) = (Math.Max(best, weight), all + weight);
            return true;
        }
    }
}

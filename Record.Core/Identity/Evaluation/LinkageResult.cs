namespace Record.Core.Identity.Evaluation;

/// <summary>A share of a number, with its 95 % Wilson interval.</summary>
public sealed record Share(long Count, long Of)
{
    private const double Z = 1.959964;

    /// <summary>The share; 1 where there is nothing to count.</summary>
    public double Value => Of == 0 ? 1 : (double)Count / Of;

    /// <summary>Lower and upper bound. Wilson (1927).</summary>
    public (double Low, double High) Interval
    {
        get
        {
            if (Of == 0) return (0, 1);
            var (p, n) = (Value, (double)Of);
            var middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
            var half = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
            return (Math.Max(0, middle - half), Math.Min(1, middle + half));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Value:0.0000} ({Interval.Low:0.0000} to {Interval.High:0.0000}, {Count:#,0} of {Of:#,0})");
}

/// <summary>How well a run did, on pairs of records after closure into persons.</summary>
/// <param name="Precision">Of the pairs in one person, those that are one person.</param>
/// <param name="Recall">Of the pairs that are one person, those in one person.</param>
/// <param name="RecallWithReview">The same, if a steward answers every question rightly.</param>
/// <param name="InReview">Of the pairs that are one person, those that wait for a steward.</param>
/// <param name="Questions">How many questions a steward is asked, and how many of them are to be answered with yes.</param>
/// <param name="ByStatus">By match status (linked, asked of a steward): how many pairs, and how many of them are one person; last, of the pairs of one person, those that nothing found.</param>
/// <param name="ByGroup">Precision and recall by group, of the pairs inside it.</param>
public sealed record LinkageResult(
    Share Precision, Share Recall, Share RecallWithReview, Share InReview, Share Questions,
    IReadOnlyList<(string Status, Share Share)> ByStatus, IReadOnlyList<(string Group, Share Precision, Share Recall)> ByGroup)
{
    /// <summary>Measures a run against the truth.</summary>
    public static LinkageResult Of(LinkageSet set, LinkageRun run) => Of(set.Truth, set.Groups, run.PersonOf, run.Review);

    /// <summary>Measures links, however they came about, against the truth.</summary>
    /// <param name="truth">For each record the person it is.</param>
    /// <param name="groups">For each record the groups that results are told by.</param>
    /// <param name="personOf">For each record the person it was linked to: a number below that of the records.</param>
    /// <param name="review">What stewards are asked: at most one pair for two persons.</param>
    public static LinkageResult Of<T>(IReadOnlyList<T> truth, IReadOnlyList<IReadOnlyList<string>> groups, IReadOnlyList<int> personOf, IReadOnlyList<AskedPair> review)
        where T : notnull
    {
        var same = Pairs(truth);
        var linked = Pairs(personOf);
        var right = Pairs([.. truth.Zip(personOf)]);
        var yes = review.Where(pair => truth[pair.A].Equals(truth[pair.B])).ToList();
        var reviewed = Closed(personOf, yes.Select(pair => (pair.A, pair.B)));
        var rightReviewed = Pairs([.. truth.Zip(reviewed)]);
        return new(new(right, linked), new(right, same), new(rightReviewed, same), new(rightReviewed - right, same), new(yes.Count, review.Count),
            [("linked", new(right, linked)), ("asked", new(yes.Count, review.Count)), ("not found", new(same - rightReviewed, same))], Told(truth, groups, personOf));
    }

    private static List<(string, Share, Share)> Told<T>(IReadOnlyList<T> truth, IReadOnlyList<IReadOnlyList<string>> groups, IReadOnlyList<int> personOf)
        where T : notnull
    {
        var results = new List<(string, Share, Share)>();
        foreach (var group in groups.SelectMany(groups => groups).Distinct().Order(StringComparer.Ordinal))
        {
            var inside = Enumerable.Range(0, truth.Count).Where(i => groups[i].Contains(group)).ToList();
            var right = Pairs([.. inside.Select(i => (truth[i], personOf[i]))]);
            results.Add((group, new(right, Pairs([.. inside.Select(i => personOf[i])])), new(right, Pairs([.. inside.Select(i => truth[i])]))));
        }

        return results;
    }

    private static long Pairs<T>(IReadOnlyList<T> labels)
        where T : notnull => labels.GroupBy(label => label).Sum(group => group.LongCount() * (group.LongCount() - 1) / 2);

    private static int[] Closed(IReadOnlyList<int> personOf, IEnumerable<(int A, int B)> links)
    {
        var parent = Enumerable.Range(0, personOf.Count).ToArray();
        int Find(int i) => parent[i] == i ? i : parent[i] = Find(parent[i]);
        foreach (var (a, b) in links) parent[Find(personOf[a])] = Find(personOf[b]);
        return [.. personOf.Select(Find)];
    }
}

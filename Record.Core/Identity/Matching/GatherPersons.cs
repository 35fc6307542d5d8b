namespace Record.Core.Identity.Matching;

/// <summary>A pair of records of a set, by place.</summary>
public readonly record struct ScoredPair(int A, int B, double Weight, Zone Zone);

/// <summary>
/// Closes links into persons. The surest links first; two groups become one person only if their records agree on the whole,
/// so that one doubtful record does not chain two people together; what is held back is shown to a steward.
/// </summary>
public sealed class GatherPersons
{
    private const int MostCompared = 8; // records of each side that are compared before two groups become one

    private readonly int[] parent;
    private readonly Dictionary<int, List<int>> members = [];

    private GatherPersons(int records) => parent = [.. Enumerable.Range(0, records)];

    /// <summary>The persons and what is to be reviewed.</summary>
    /// <param name="records">How many records.</param>
    /// <param name="pairs">Scored pairs of the zones auto and review.</param>
    /// <param name="score">Scores any pair.</param>
    /// <param name="options">Thresholds.</param>
    public static (int[] PersonOf, IReadOnlyList<ScoredPair> Review) From(
        int records, IEnumerable<ScoredPair> pairs, Func<int, int, MatchScore> score, LinkageOptions options)
    {
        var gather = new GatherPersons(records);
        var review = new List<ScoredPair>();
        foreach (var pair in pairs.OrderByDescending(pair => pair.Weight).ThenBy(pair => pair.A).ThenBy(pair => pair.B))
        {
            var (a, b) = (gather.Find(pair.A), gather.Find(pair.B));
            if (a == b) continue;
            if (pair.Zone == Zone.Auto && gather.Agree(a, b, score, options)) gather.Join(a, b);
            else review.Add(pair);
        }

        var personOf = Enumerable.Range(0, records).Select(gather.Find).ToArray();
        // One question for two persons, the likeliest: its answer decides for all their records.
        var asked = new HashSet<(int, int)>();
        return (personOf, [.. review.Where(pair => personOf[pair.A] != personOf[pair.B]
            && asked.Add((Math.Min(personOf[pair.A], personOf[pair.B]), Math.Max(personOf[pair.A], personOf[pair.B]))))]);
    }

    private bool Agree(int a, int b, Func<int, int, MatchScore> score, LinkageOptions options)
    {
        var (left, right) = (Members(a), Members(b));
        if (left.Count == 1 && right.Count == 1) return true;
        var (sum, compared) = (0.0, 0);
        foreach (var x in left.Take(MostCompared))
            foreach (var y in right.Take(MostCompared))
            {
                var other = score(x, y);
                if (other.Reason == "nhs-number-conflict" || other.Comparison[MatchField.NhsNumber] == MatchLevel.Conflict) return false;
                sum += Math.Min(other.Weight, 2 * options.AutoFrom);
                compared++;
            }

        return sum / compared >= options.ReviewFrom;
    }

    private List<int> Members(int root) => members.TryGetValue(root, out var list) ? list : [root];

    private void Join(int a, int b)
    {
        var (kept, gone) = a < b ? (a, b) : (b, a);
        members[kept] = [.. Members(kept), .. Members(gone)];
        members.Remove(gone);
        parent[gone] = kept;
    }

    private int Find(int record)
    {
        while (parent[record] != record) record = parent[record] = parent[parent[record]];
        return record;
    }
}

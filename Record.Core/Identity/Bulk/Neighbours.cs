using System.Collections.Concurrent;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>
/// Compares records with those they share a block with, many at a time on all processors: who is near does not depend on who is
/// linked, so it can be known before.
/// </summary>
internal sealed class Neighbours(IReadOnlyList<MatchSubject> subjects, Blocks blocks, LinkageRules rules, int there)
{
    private readonly ConcurrentBag<Blocks.Search> idle = [];
    private (int[] Near, int Crowded)[] compared = [];
    private int start;
    private long count;

    /// <summary>How many pairs were compared.</summary>
    public long Count => count;

    /// <summary>Compares these records.</summary>
    public void Compare(int from, int to)
    {
        (start, compared) = (from, new (int[], int)[to - from]);
        Parallel.For(from, to, () => idle.TryTake(out var search) ? search : new(blocks), (record, _, search) =>
        {
            var sharing = search.Sharing(record, record < there ? there : record, out var crowded);
            Interlocked.Add(ref count, sharing.Count);
            compared[record - start] = (sharing.Count == 0 ? [] : [.. sharing.Where(other => rules.Score(subjects[record], subjects[other]).Zone != Zone.None)], crowded);
            return search;
        }, idle.Add);
    }

    /// <summary>Those near a record, of the records compared last.</summary>
    public int[] Of(int record) => compared[record - start].Near;

    /// <summary>How many of its blocks were too large to be looked at.</summary>
    public int Crowded(int record) => compared[record - start].Crowded;
}

namespace Record.Core.Identity.Matching;

/// <summary>The pairs of a whole set that share a key, each once.</summary>
public sealed class Blocks
{
    private readonly long[][] keysOf;
    private readonly (long Key, int Subject)[] sorted;
    private readonly HashSet<long> tooLarge = [];
    private readonly int[] left = new int[BlockingKeys.Passes];

    /// <summary>Sorts the records into blocks.</summary>
    /// <param name="subjects">The records.</param>
    /// <param name="options">How large a block may be; a larger one is left out, and counted.</param>
    public Blocks(IReadOnlyList<MatchSubject> subjects, LinkageOptions options)
    {
        keysOf = new long[subjects.Count][];
        Parallel.For(0, subjects.Count, i => keysOf[i] = [.. BlockingKeys.Of(subjects[i])]);
        sorted = new (long, int)[keysOf.Sum(keys => keys.Length)];
        var place = 0;
        for (var i = 0; i < keysOf.Length; i++)
            foreach (var key in keysOf[i]) sorted[place++] = (key, i);
        Array.Sort(sorted);
        foreach (var (start, end) in Ranges())
            if (end - start > BlockingKeys.Largest(sorted[start].Key, options))
            {
                tooLarge.Add(sorted[start].Key);
                left[BlockingKeys.PassOf(sorted[start].Key)]++;
            }
    }

    /// <summary>How many blocks of each kind were left out because they were too large.</summary>
    public IReadOnlyList<int> LeftOut => left;

    /// <summary>Calls for each pair once, from several threads.</summary>
    public void ForEachPair(Action<int, int> pair)
    {
        Parallel.ForEach(Ranges().Where(range => range.End - range.Start > 1 && !tooLarge.Contains(sorted[range.Start].Key)), range =>
        {
            var key = sorted[range.Start].Key;
            for (var i = range.Start; i < range.End; i++)
                for (var j = i + 1; j < range.End; j++)
                    if (FirstShared(sorted[i].Subject, sorted[j].Subject) == key) pair(sorted[i].Subject, sorted[j].Subject);
        });
    }

    private long FirstShared(int a, int b)
    {
        foreach (var key in keysOf[a])
            if (Array.IndexOf(keysOf[b], key) >= 0 && !tooLarge.Contains(key)) return key;
        return 0;
    }

    private IEnumerable<(int Start, int End)> Ranges()
    {
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end].Key == sorted[start].Key) end++;
            yield return (start, end);
        }
    }
}

namespace Record.Core.Identity.Matching;

/// <summary>The blocking keys of a whole set, sorted: a block is a run of equal keys. Flat arrays, because a million people have some forty million keys.</summary>
public sealed class SortedKeys
{
    /// <summary>Works out and sorts the keys.</summary>
    /// <param name="subjects">The records.</param>
    public SortedKeys(IReadOnlyList<MatchSubject> subjects)
    {
        var keysOf = new long[subjects.Count][];
        Parallel.For(0, subjects.Count, i => keysOf[i] = [.. BlockingKeys.Of(subjects[i])]);
        First = new int[subjects.Count + 1];
        for (var i = 0; i < keysOf.Length; i++) First[i + 1] = First[i] + keysOf[i].Length;
        (Keys, Places, Owners) = (new long[First[^1]], new int[First[^1]], new int[First[^1]]);
        for (var i = 0; i < keysOf.Length; i++)
        {
            keysOf[i].CopyTo(Keys, First[i]);
            Owners.AsSpan(First[i], keysOf[i].Length).Fill(i);
            keysOf[i] = [];
        }

        for (var i = 0; i < Places.Length; i++) Places[i] = i;
        Array.Sort(Keys, Places);
        foreach (var (start, end) in Runs()) Array.Sort(Places, start, end - start); // records in their order
    }

    /// <summary>How many keys there are.</summary>
    public int Count => Keys.Length;

    /// <summary>The keys, sorted.</summary>
    internal long[] Keys { get; }

    /// <summary>For each sorted key its place among the keys in the order of records.</summary>
    internal int[] Places { get; }

    /// <summary>For each key in the order of records its record.</summary>
    internal int[] Owners { get; }

    /// <summary>For each record the place of its first key.</summary>
    internal int[] First { get; }

    /// <summary>A key and a record that has it, by place in the sorted order.</summary>
    public (long Key, int Record) this[int place] => (Keys[place], Owners[Places[place]]);

    /// <summary>The blocks of two records or more: from, to (exclusive).</summary>
    internal IEnumerable<(int Start, int End)> Runs()
    {
        for (int start = 0, end; start < Keys.Length; start = end)
        {
            end = start + 1;
            while (end < Keys.Length && Keys[end] == Keys[start]) end++;
            if (end - start > 1) yield return (start, end);
        }
    }
}

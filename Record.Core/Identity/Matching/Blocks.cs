namespace Record.Core.Identity.Matching;

/// <summary>A whole set in blocks: who shares a key with whom.</summary>
public sealed class Blocks
{
    private readonly int[] first;   // place of a record's first key
    private readonly int[] blockOf; // by place: its block; -1 where nobody else has the key
    private readonly int[] members; // records, block after block, in their order
    private readonly List<int> starts = [];
    private readonly List<int> largest = [];
    private readonly List<bool> broad = [];
    private readonly int[] left = new int[BlockingKeys.Passes];

    /// <summary>Puts records into blocks.</summary>
    /// <param name="subjects">The records.</param>
    /// <param name="options">How large a block may be; a larger one is left out, and counted.</param>
    public Blocks(IReadOnlyList<MatchSubject> subjects, LinkageOptions options)
        : this(new SortedKeys(subjects), options)
    {
    }

    /// <summary>Puts records into blocks by their keys, whose arrays it takes over.</summary>
    public Blocks(SortedKeys keys, LinkageOptions options)
    {
        (first, members, blockOf) = (keys.First, keys.Places, new int[keys.Count]);
        Array.Fill(blockOf, -1);
        var filled = 0;
        foreach (var (start, end) in keys.Runs())
        {
            var most = BlockingKeys.Largest(keys.Keys[start], options);
            if (end - start > most) left[BlockingKeys.PassOf(keys.Keys[start])]++;
            starts.Add(filled);
            largest.Add(most);
            broad.Add(BlockingKeys.PassOf(keys.Keys[start]) >= BlockingKeys.Broad);
            for (var i = start; i < end; i++)
            {
                blockOf[keys.Places[i]] = starts.Count - 1;
                members[filled++] = keys.Owners[keys.Places[i]];
            }
        }

        starts.Add(filled);
    }

    /// <summary>How many records there are.</summary>
    public int Records => first.Length - 1;

    /// <summary>How many blocks of each kind are too large in the end.</summary>
    public IReadOnlyList<int> LeftOut => left;

    /// <summary>Calls for each pair that shares a block once, from several threads; blocks that are too large are left out whole.</summary>
    public void ForEachPair(Action<int, int> pair) => Parallel.For(0, Records, () => new Search(this), (record, _, search) =>
    {
        foreach (var other in search.Sharing(record, Records, out int _))
            if (other < record) pair(other, record);
        return search;
    }, _ => { });

    /// <summary>Searches blocks; one a thread.</summary>
    public sealed class Search(Blocks blocks)
    {
        private readonly int[] seen = new int[blocks.Records];
        private readonly List<int> found = [];

        /// <summary>Those of the first <paramref name="there"/> records that share a block with a record, each once; valid until the next call.</summary>
        /// <param name="record">The record; it may be one of them.</param>
        /// <param name="there">How many records are there.</param>
        /// <param name="crowded">How many of its narrow blocks are too large to be looked at.</param>
        public IReadOnlyList<int> Sharing(int record, int there, out int crowded)
        {
            found.Clear();
            crowded = 0;
            for (var place = blocks.first[record]; place < blocks.first[record + 1]; place++)
                if (blocks.blockOf[place] is var block and >= 0 && !Add(record, block, there) && !blocks.broad[block]) crowded++;
            return found;
        }

        private bool Add(int record, int block, int there)
        {
            var members = blocks.members.AsSpan(blocks.starts[block]..blocks.starts[block + 1]);
            var count = there >= blocks.Records ? members.Length : members.BinarySearch(there) is var at && at < 0 ? ~at : at;
            if (count > blocks.largest[block]) return false;
            foreach (var other in members[..count])
            {
                if (other == record || seen[other] == record + 1) continue;
                seen[other] = record + 1;
                found.Add(other);
            }

            return true;
        }
    }
}

using System.Text;

namespace Record.Core.Fhir;

/// <summary>The order of matches, as the database has it: keys, absent ones last, then the resource's number.</summary>
internal sealed class SearchOrder(IReadOnlyList<SearchSort> sort) : IComparer<SearchPlace>
{
    /// <summary>Orders two keys of one kind as the database does: texts by their bytes.</summary>
    public static IComparer<object> Values { get; } = Comparer<object>.Create(CompareValues);

    /// <summary>Whether resources with the same keys come with the latest number first.</summary>
    public bool NumberDescending => sort.Count > 0 && sort[0].Descending;

    /// <summary>Times are kept to the microsecond.</summary>
    public static DateTimeOffset AsStored(DateTimeOffset time) =>
        time == DateTimeOffset.MaxValue ? time : new DateTimeOffset(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <inheritdoc/>
    public int Compare(SearchPlace? x, SearchPlace? y)
    {
        for (var i = 0; i < sort.Count; i++)
        {
            var order = (x!.Keys[i], y!.Keys[i]) switch
            {
                (null, null) => 0,
                (null, _) => 1,
                (_, null) => -1,
                var (a, b) => sort[i].Descending ? -CompareValues(a, b) : CompareValues(a, b),
            };
            if (order != 0) return order;
        }

        return NumberDescending ? y!.Number.CompareTo(x!.Number) : x!.Number.CompareTo(y!.Number);
    }

    private static int CompareValues(object a, object b) => (a, b) switch
    {
        (string one, string other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)),
        (IComparable one, _) => one.CompareTo(b),
        _ => 0,
    };
}

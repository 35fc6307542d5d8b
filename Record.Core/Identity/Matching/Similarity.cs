namespace Record.Core.Identity.Matching;

/// <summary>How alike two texts are.</summary>
public static class Similarity
{
    private const int Longest = 64;

    /// <summary>Edits from one text to the other: insert, delete, replace, or swap two neighbours (optimal string alignment); above <paramref name="limit"/> it says only that.</summary>
    public static int Edits(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit) return limit + 1;
        if (a.Length > Longest || b.Length > Longest) return a.SequenceEqual(b) ? 0 : limit + 1;
        Span<int> before = stackalloc int[Longest + 1], last = stackalloc int[Longest + 1], row = stackalloc int[Longest + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = a[i - 1] == b[j - 1];
                var edits = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) edits = Math.Min(edits, before[j - 2] + 1);
                row[j] = edits;
                least = Math.Min(least, edits);
            }

            if (least > limit) return limit + 1;
            var spare = before;
            before = last;
            last = row;
            row = spare;
        }

        return last[b.Length];
    }

    /// <summary>Jaro-Winkler: 1 for the same, 0 for nothing in common; the beginning counts more.</summary>
    public static double JaroWinkler(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length == 0 || b.Length == 0) return 0;
        if (a.Length > Longest) a = a[..Longest];
        if (b.Length > Longest) b = b[..Longest];
        var jaro = Jaro(a, b);
        var start = 0;
        while (start < Math.Min(4, Math.Min(a.Length, b.Length)) && a[start] == b[start]) start++;
        return jaro + start * 0.1 * (1 - jaro);
    }

    private static double Jaro(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var reach = Math.Max(Math.Max(a.Length, b.Length) / 2 - 1, 0);
        ulong inA = 0, inB = 0;
        var common = 0;
        for (var i = 0; i < a.Length; i++)
            for (var j = Math.Max(0, i - reach); j < Math.Min(b.Length, i + reach + 1); j++)
                if (a[i] == b[j] && (inB & (1UL << j)) == 0)
                {
                    inA |= 1UL << i;
                    inB |= 1UL << j;
                    common++;
                    break;
                }

        if (common == 0) return 0;
        var (moved, k) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            if ((inA & (1UL << i)) == 0) continue;
            while ((inB & (1UL << k)) == 0) k++;
            if (a[i] != b[k++]) moved++;
        }

        return ((double)common / a.Length + (double)common / b.Length + (common - moved / 2.0) / common) / 3;
    }
}

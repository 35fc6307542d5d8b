using System.Diagnostics;
using System.Numerics;

namespace Bench.Load;

/// <summary>How long answers took: a fixed table of counts, each bucket at most 1.6 % wide. Nothing is allocated while counting.</summary>
internal sealed class Histogram
{
    private const int Bits = 6;

    private readonly long[] counts = new long[(64 - Bits) << Bits];

    public long Count { get; private set; }

    public void Add(long ticks)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - Bits);
        counts[(shift << Bits) + (int)(ticks >> shift)]++;
        Count++;
    }

    /// <summary>The time within which a share of the answers came, in milliseconds.</summary>
    public double Milliseconds(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        var index = 0;
        for (var seen = counts[0]; seen < wanted; seen += counts[index]) index++;
        var shift = Math.Max(0, (index >> Bits) - 1);
        var middle = (index - (shift << Bits) + 0.5) * Math.Pow(2, shift);
        return middle * 1000 / Stopwatch.Frequency;
    }
}

namespace Record.Core.ChangeLog;

/// <summary>
/// Work in the background gives way to senders that wait for their acknowledgement: while these are slow, it rests after each step
/// for a multiple of what the step took. It never stops altogether.
/// </summary>
public sealed class GiveWay(TimeProvider clock)
{
    private const int Memory = 32; // acknowledgements that the average remembers
    private const double Most = 4;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(6), Lately = TimeSpan.FromMilliseconds(300), Longest = TimeSpan.FromSeconds(1);
    private long average, last; // ticks; two at once may lose a sample, which an average bears

    /// <summary>Whether senders wait longer than they should.</summary>
    public bool IsAsked => Volatile.Read(ref average) > Soon.Ticks && clock.GetElapsedTime(Volatile.Read(ref last)) < Lately;

    /// <summary>A sender was answered.</summary>
    /// <param name="took">From the last byte of its message.</param>
    public void Answered(TimeSpan took)
    {
        Volatile.Write(ref last, clock.GetTimestamp());
        Interlocked.Add(ref average, (took.Ticks - Volatile.Read(ref average)) / Memory);
    }

    /// <summary>How long to rest after a step: nothing, unless senders wait.</summary>
    /// <param name="worked">How long the step took.</param>
    public TimeSpan After(TimeSpan worked)
    {
        if (!IsAsked) return TimeSpan.Zero;
        var rest = worked * Math.Min(Most, (double)Volatile.Read(ref average) / Soon.Ticks);
        return rest < Longest ? rest : Longest;
    }
}

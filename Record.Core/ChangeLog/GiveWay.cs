namespace Record.Core.ChangeLog;

/// <summary>
/// Work in the background gives way to senders that wait for their acknowledgement: while many come and these are slow, it rests after
/// each step for a multiple of what the step took. It never stops altogether; at an ordinary rate it does not rest, so that it keeps up.
/// </summary>
public sealed class GiveWay(TimeProvider clock)
{
    private const int Memory = 32, LongMemory = 256; // acknowledgements that the averages remember
    private const double Most = 4;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(6), Lately = TimeSpan.FromMilliseconds(300), Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Many = TimeSpan.FromSeconds(1) / 750;
    private long average, between = Lately.Ticks, last; // ticks; two at once may lose a sample, which an average bears

    /// <summary>Whether many senders wait longer than they should.</summary>
    public bool IsAsked =>
        Volatile.Read(ref average) > Soon.Ticks && Volatile.Read(ref between) < Many.Ticks && clock.GetElapsedTime(Volatile.Read(ref last)) < Lately;

    /// <summary>A sender was answered.</summary>
    /// <param name="took">From the last byte of its message.</param>
    public void Answered(TimeSpan took)
    {
        var now = clock.GetTimestamp();
        var pause = clock.GetElapsedTime(Interlocked.Exchange(ref last, now), now);
        Toward(ref between, pause < Lately ? pause : Lately, LongMemory);
        Toward(ref average, took, Memory);
    }

    /// <summary>How long to rest after a step: nothing, unless senders wait.</summary>
    /// <param name="worked">How long the step took.</param>
    public TimeSpan After(TimeSpan worked)
    {
        if (!IsAsked) return TimeSpan.Zero;
        var rest = worked * Math.Min(Most, (double)Volatile.Read(ref average) / Soon.Ticks);
        return rest < Longest ? rest : Longest;
    }

    private static void Toward(ref long average, TimeSpan said, int memory) => Interlocked.Add(ref average, (said.Ticks - Volatile.Read(ref average)) / memory);
}

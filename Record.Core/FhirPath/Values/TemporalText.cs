using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Values;

/// <summary>Reads the text of a date or time, part by part.</summary>
internal ref struct TemporalText(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> text = text;
    private int at;
    private bool failed;

    /// <summary>The value of the whole text; null if it is not one of this kind.</summary>
    public Temporal? Read(ScalarKind kind)
    {
        var (date, precision) = kind == ScalarKind.Time ? (default, default) : Date();
        var (time, digits, offset) = (TimeSpan.Zero, 0, default(TimeSpan?));
        if (kind == ScalarKind.DateTime && Take('T') && at < text.Length) (time, precision, digits) = precision == Precision.Day ? Time() : Fail();
        if (kind == ScalarKind.Time) (time, precision, digits) = Time();
        if (kind == ScalarKind.DateTime && precision > Precision.Day) offset = Offset();
        return failed || at < text.Length ? null : new(kind, date + time, precision, digits, offset);
    }

    private (DateTime, Precision) Date()
    {
        var year = Number(4, 1, 9999);
        if (!Take('-')) return (Start(year, 1, 1), Precision.Year);
        var month = Number(2, 1, 12);
        if (!Take('-')) return (Start(year, month, 1), Precision.Month);
        var day = Number(2, 1, 31);
        if (!failed && day > DateTime.DaysInMonth(year, month)) failed = true;
        return (Start(year, month, day), Precision.Day);
    }

    private readonly DateTime Start(int year, int month, int day) => failed ? default : new(year, month, day);

    private (TimeSpan, Precision, int) Time()
    {
        var time = TimeSpan.FromHours(Number(2, 0, 23));
        if (!Take(':')) return (time, Precision.Hour, 0);
        time += TimeSpan.FromMinutes(Number(2, 0, 59));
        if (!Take(':')) return (time, Precision.Minute, 0);
        time += TimeSpan.FromSeconds(Math.Min(Number(2, 0, 60), 59)); // a leap second is the one before it
        if (!Take('.')) return (time, Precision.Second, 0);
        var start = at;
        var (ticks, scale) = (0L, TimeSpan.TicksPerSecond);
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++) ticks += (text[at] - '0') * (scale /= 10);
        return at > start ? (time + TimeSpan.FromTicks(ticks), Precision.Fraction, at - start) : Fail();
    }

    private TimeSpan? Offset()
    {
        if (at == text.Length) return null;
        if (Take('Z')) return TimeSpan.Zero;
        var negative = Take('-');
        if (!negative && !Take('+')) failed = true;
        var offset = TimeSpan.FromHours(Number(2, 0, 14));
        if (!Take(':')) failed = true;
        offset += TimeSpan.FromMinutes(Number(2, 0, 59));
        return negative ? -offset : offset;
    }

    private (TimeSpan, Precision, int) Fail()
    {
        failed = true;
        return default;
    }

    private bool Take(char expected)
    {
        if (at >= text.Length || text[at] != expected) return false;
        at++;
        return true;
    }

    private int Number(int digits, int least, int most)
    {
        var value = 0;
        if (at + digits > text.Length) failed = true;
        for (var i = 0; i < digits && !failed; i++, at++)
        {
            if (!char.IsAsciiDigit(text[at])) failed = true;
            value = value * 10 + (text[at] - '0');
        }

        if (value < least || value > most) failed = true;
        return value;
    }
}

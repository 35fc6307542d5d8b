namespace Record.Core.Validation.Values;

/// <summary>
/// A date, dateTime or instant of the calendar, read from UTF-8, with the first and last tick that it can mean:
/// a year is a span. A time is in UTC, a day is where it was written.
/// </summary>
internal readonly record struct Moment(long Earliest, long Latest, bool HasTime, int Length)
{
    /// <summary>Reads yyyy, yyyy-MM, yyyy-MM-dd or a full time with seconds and zone.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Moment moment)
    {
        moment = default;
        if (!Digits(text, 0, 4, out var year) || year == 0) return false;
        if (text.Length == 4) return Whole(new(year, 1, 1), year == 9999 ? DateTime.MaxValue : new(year + 1, 1, 1), 4, out moment);
        if (text[4] != '-' || !Digits(text, 5, 2, out var month) || month is 0 or > 12) return false;
        if (text.Length == 7) return Whole(new(year, month, 1), (year, month) == (9999, 12) ? DateTime.MaxValue : new DateTime(year, month, 1).AddMonths(1), 7, out moment);
        if (text[7] != '-' || !Digits(text, 8, 2, out var day) || day == 0 || day > DateTime.DaysInMonth(year, month)) return false;
        var date = new DateTime(year, month, day);
        if (text.Length == 10) return Whole(date, (year, month, day) == (9999, 12, 31) ? DateTime.MaxValue : date.AddDays(1), 10, out moment);
        if (text[10] != 'T' || !TryTime(text[11..], out var ticks, out var used) || !TryZone(text[(11 + used)..], out var offset)) return false;
        var at = date.Ticks + ticks - offset;
        moment = new(at, at, true, text.Length);
        return true;
    }

    /// <summary>Reads HH:mm:ss with any fraction; a leap second counts as the one before it.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long ticks, out int used)
    {
        (ticks, used) = (0, 0);
        if (!Digits(text, 0, 2, out var hour) || hour > 23 || text.Length < 8 || text[2] != ':' || text[5] != ':') return false;
        if (!Digits(text, 3, 2, out var minute) || minute > 59 || !Digits(text, 6, 2, out var second) || second > 60) return false;
        ticks = hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute + Math.Min(second, 59) * TimeSpan.TicksPerSecond;
        used = 8;
        if (text.Length == 8 || text[8] != '.') return true;
        var unit = TimeSpan.TicksPerSecond;
        for (used = 9; used < text.Length && text[used] is >= (byte)'0' and <= (byte)'9'; used++) ticks += (unit /= 10) * (text[used] - '0');
        return used is > 9 and <= 9 + 20;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text is [(byte)'Z']) return true;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':') return false;
        if (!Digits(text, 1, 2, out var hours) || !Digits(text, 4, 2, out var minutes) || minutes > 59 || hours * 60 + minutes > 14 * 60) return false;
        ticks = (hours * TimeSpan.TicksPerHour + minutes * TimeSpan.TicksPerMinute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Whole(DateTime first, DateTime next, int length, out Moment moment)
    {
        moment = new(first.Ticks, next.Ticks - 1, false, length);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int from, int count, out int number)
    {
        number = 0;
        if (text.Length < from + count) return false;
        for (var i = from; i < from + count; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9') return false;
            number = number * 10 + text[i] - '0';
        }

        return true;
    }
}

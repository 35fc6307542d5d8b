using System.Globalization;

namespace Record.Core.Feeds.V2;

/// <summary>How much of a time the sender said.</summary>
public enum V2Precision
{
    /// <summary>Only the year.</summary>
    Year,

    /// <summary>Year and month.</summary>
    Month,

    /// <summary>A date.</summary>
    Day,

    /// <summary>Date and hour.</summary>
    Hour,

    /// <summary>Date, hour and minute.</summary>
    Minute,

    /// <summary>To the second.</summary>
    Second,

    /// <summary>Parts of a second.</summary>
    Fraction,
}

/// <summary>A received time: the instant, how precisely it was said, and whether the offset was.</summary>
/// <param name="Instant">The first instant it may mean, with the offset said or that of Europe/London.</param>
/// <param name="Precision">What was said.</param>
/// <param name="HasOffset">Whether the sender said the offset; without, it is Europe/London.</param>
/// <param name="Doubtful">Without offset, in the hour that autumn has twice or that spring does not have.</param>
/// <remarks>HL7 v2.5.1 section 2.A.77 (TS), <c>YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]</c>.</remarks>
public readonly record struct V2Time(DateTimeOffset Instant, V2Precision Precision, bool HasOffset, bool Doubtful)
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>Whether it says a time of day, so that a clock shorter than a day may use it.</summary>
    public bool HasTime => Precision >= V2Precision.Hour;

    /// <summary>Reads a time; in the doubled hour of autumn the later meaning is taken where the message arrived after it began.</summary>
    /// <param name="text">As in the field.</param>
    /// <param name="arrival">When the message arrived, which tells the doubled hour's two meanings apart.</param>
    /// <param name="time">The time.</param>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset arrival, out V2Time time)
    {
        time = default;
        var zone = text.IndexOfAny('+', '-');
        var local = zone < 0 ? text : text[..zone];
        if (!TryLocal(local, out var wall, out var precision)) return false;
        if (zone >= 0)
        {
            if (!TryOffset(text[zone..], out var offset)) return false;
            var utcTicks = wall.Ticks - offset.Ticks;
            if (utcTicks < 0 || utcTicks > DateTime.MaxValue.Ticks) return false;
            time = new(new DateTimeOffset(wall, offset), precision, true, false);
            return true;
        }

        time = InLondon(wall, precision, arrival);
        return true;
    }

    /// <summary>As FHIR writes it, no more precise than it was said (a time of day is written to the second, as FHIR wants).</summary>
    public string ToFhir() => Precision switch
    {
        V2Precision.Year => Instant.ToString("yyyy", CultureInfo.InvariantCulture),
        V2Precision.Month => Instant.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        V2Precision.Day => Instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        V2Precision.Fraction => Instant.ToString("yyyy-MM-ddTHH:mm:ss.FFFFzzz", CultureInfo.InvariantCulture),
        _ => Instant.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
    };

    /// <summary>The date alone.</summary>
    public string ToFhirDate() => Precision < V2Precision.Day ? ToFhir() : Instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static V2Time InLondon(DateTime wall, V2Precision precision, DateTimeOffset arrival)
    {
        if (wall.Year is 1 or 9999) return new(new DateTimeOffset(wall, TimeSpan.Zero), precision, false, false);
        var hasTime = precision >= V2Precision.Hour;
        if (London.IsInvalidTime(wall)) // spring: 01:30 was never on a clock; it is read as an hour later
            return new(new DateTimeOffset(wall, TimeSpan.Zero).ToOffset(TimeSpan.FromHours(1)), precision, false, hasTime);
        if (!London.IsAmbiguousTime(wall) || !hasTime)
            return new(new DateTimeOffset(wall, London.GetUtcOffset(wall)), precision, false, false);
        var summer = new DateTimeOffset(wall, TimeSpan.FromHours(1));
        var winter = new DateTimeOffset(wall, TimeSpan.Zero);
        return new(arrival >= winter && arrival < winter.AddHours(1) ? winter : summer, precision, false, true);
    }

    private static bool TryLocal(ReadOnlySpan<char> text, out DateTime wall, out V2Precision precision)
    {
        wall = default;
        var point = text.IndexOf('.');
        var digits = point < 0 ? text : text[..point];
        precision = digits.Length switch
        {
            4 => V2Precision.Year, 6 => V2Precision.Month, 8 => V2Precision.Day, 10 => V2Precision.Hour,
            12 => V2Precision.Minute, 14 => point < 0 ? V2Precision.Second : V2Precision.Fraction, _ => (V2Precision)(-1),
        };
        if (precision < 0 || (point >= 0 && precision != V2Precision.Fraction)) return false;
        Span<int> parts = [1, 1, 1, 0, 0, 0]; // year, month, day, hour, minute, second
        if (!TryNumber(digits[..4], out parts[0])) return false;
        for (var i = 1; 2 + 2 * i < digits.Length; i++)
            if (!TryNumber(digits.Slice(2 + 2 * i, 2), out parts[i])) return false;
        var fraction = 0d;
        if (point >= 0 && (text.Length - point - 1 is < 1 or > 9 || !double.TryParse(text[point..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out fraction))) return false;
        if (parts[0] < 1 || parts[1] is < 1 or > 12 || parts[2] < 1 || parts[2] > DateTime.DaysInMonth(parts[0], parts[1])) return false;
        if (parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return false;
        wall = new DateTime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], DateTimeKind.Unspecified).AddTicks((long)(fraction * TimeSpan.TicksPerSecond));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text.Length != 5 || !TryNumber(text[1..3], out var hours) || !TryNumber(text[3..5], out var minutes)) return false;
        if (hours > 14 || minutes > 59 || hours * 60 + minutes > 14 * 60) return false;
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }
}

using System.Globalization;
using System.Text;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Values;

/// <summary>How exactly a date or time is known.</summary>
internal enum Precision
{
    Year = 1,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
}

/// <summary>A date, date and time, or time, as exact as it was written. http://hl7.org/fhirpath/N1/#datetime</summary>
/// <param name="Kind">Date, DateTime or Time.</param>
/// <param name="Local">The time as written; what was not written is the start of the period.</param>
/// <param name="Precision">How much was written.</param>
/// <param name="Digits">Digits of the second's fraction.</param>
/// <param name="Offset">The offset from UTC, if one was written.</param>
internal sealed record Temporal(ScalarKind Kind, DateTime Local, Precision Precision, int Digits, TimeSpan? Offset)
{
    private const double UnknownOffsetHours = 26; // between +14:00 and -12:00

    /// <summary>What stands after <c>@</c> in an expression.</summary>
    public static Temporal? ParseLiteral(string text) =>
        text.StartsWith('T') ? Parse(text.AsSpan(1), ScalarKind.Time)
        : text.Contains('T', StringComparison.Ordinal) ? Parse(text, ScalarKind.DateTime)
        : Parse(text, ScalarKind.Date);

    /// <summary>Parses FHIR's and FHIRPath's forms; null if it is none.</summary>
    public static Temporal? Parse(ReadOnlySpan<char> text, ScalarKind kind) => new TemporalText(text).Read(kind);

    /// <summary>A moment as a value of this kind.</summary>
    public static Temporal Of(DateTimeOffset moment, ScalarKind kind)
    {
        var local = new DateTime(moment.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
        return kind switch
        {
            ScalarKind.Date => new(kind, local.Date, Precision.Day, 0, null),
            ScalarKind.Time => new(kind, new(local.TimeOfDay.Ticks), Precision.Fraction, 3, null),
            _ => new(kind, local, Precision.Fraction, 3, moment.Offset),
        };
    }

    /// <summary>Negative, zero or positive; null if it cannot be decided because one is less exact, or only one has an offset.</summary>
    public static int? Compare(Temporal left, Temporal right)
    {
        var (a, b) = (left.Local, right.Local);
        if (left.Precision > Precision.Day && right.Precision > Precision.Day && left.Kind == ScalarKind.DateTime)
        {
            if (left.Offset is { } leftOffset && right.Offset is { } rightOffset)
                return Compare(Shift(a, leftOffset), left.Precision, Shift(b, rightOffset), right.Precision);
            if (left.Offset is not null || right.Offset is not null)
                return Math.Abs((a - b).TotalHours) > UnknownOffsetHours ? a.CompareTo(b) : null;
        }

        return Compare(a, left.Precision, b, right.Precision);
    }

    /// <summary>This moment later by a number of calendar units; the fraction of a unit above seconds is ignored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The result is outside the years 1 to 9999.</exception>
    public Temporal Add(decimal amount, Precision unit, int factor = 1)
    {
        var whole = checked((int)decimal.Truncate(amount) * factor);
        if (unit == Precision.Year) return this with { Local = Local.AddYears(whole) };
        if (unit == Precision.Month) return this with { Local = Local.AddMonths(whole) };
        if (Precision < unit && Precision < Precision.Day) return InOwnUnit(whole, unit);
        var ticks = unit switch
        {
            Precision.Day => whole * TimeSpan.TicksPerDay,
            Precision.Hour => whole * TimeSpan.TicksPerHour,
            Precision.Minute => whole * TimeSpan.TicksPerMinute,
            Precision.Second => (long)(amount * factor * TimeSpan.TicksPerSecond),
            _ => (long)(amount * factor * TimeSpan.TicksPerMillisecond),
        };
        if (Precision == Precision.Day) ticks = ticks / TimeSpan.TicksPerDay * TimeSpan.TicksPerDay;
        if (Kind == ScalarKind.Time) return this with { Local = new(((Local.Ticks + ticks) % TimeSpan.TicksPerDay + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay) };
        return this with { Local = Local.AddTicks(ticks), Digits = Math.Max(Digits, ticks % TimeSpan.TicksPerSecond == 0 ? 0 : 3) };
    }

    /// <summary>FHIRPath's text, without <c>@</c> and <c>T</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Kind != ScalarKind.Time) text.Append(Local.ToString(Precision switch { Precision.Year => "yyyy", Precision.Month => "yyyy-MM", _ => "yyyy-MM-dd" }, CultureInfo.InvariantCulture));
        if (Precision <= Precision.Day) return text.ToString();
        if (Kind != ScalarKind.Time) text.Append('T');
        text.Append(Local.ToString(Precision switch { Precision.Hour => "HH", Precision.Minute => "HH:mm", _ => "HH:mm:ss" }, CultureInfo.InvariantCulture));
        if (Digits > 0) text.Append(Local.ToString("." + new string('f', Math.Min(Digits, 7)), CultureInfo.InvariantCulture));
        if (Offset is { } offset) text.Append(offset == TimeSpan.Zero ? "Z" : (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture));
        return text.ToString();
    }

    // A year plus 24 months is two years later; a year plus 20 days is the same year.
    private Temporal InOwnUnit(int whole, Precision unit)
    {
        var days = unit switch { Precision.Day => whole, Precision.Hour => whole / 24, Precision.Minute => whole / 1440, Precision.Second => whole / 86_400, _ => whole / 86_400_000 };
        return this with { Local = Precision == Precision.Year ? Local.AddYears(days / 365) : Local.AddMonths(days / 30) };
    }

    private static int? Compare(DateTime left, Precision leftPrecision, DateTime right, Precision rightPrecision)
    {
        var common = leftPrecision < rightPrecision ? leftPrecision : rightPrecision;
        var order = Truncate(left, common).CompareTo(Truncate(right, common));
        if (order != 0) return order;
        return leftPrecision == rightPrecision || common >= Precision.Second ? Truncate(left, Precision.Fraction).CompareTo(right) : null;
    }

    private static DateTime Shift(DateTime local, TimeSpan offset)
    {
        var ticks = local.Ticks - offset.Ticks;
        return new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks));
    }

    private static DateTime Truncate(DateTime time, Precision precision) => precision switch
    {
        Precision.Year => new(time.Year, 1, 1),
        Precision.Month => new(time.Year, time.Month, 1),
        Precision.Day => time.Date,
        Precision.Hour => time.Date.AddHours(time.Hour),
        Precision.Minute => new(time.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute),
        _ => time,
    };
}

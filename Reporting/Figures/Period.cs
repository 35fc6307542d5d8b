using System.Globalization;

namespace Reporting.Figures;

/// <summary>Whole days in Europe/London, both ends included.</summary>
internal sealed record Period(DateOnly From, DateOnly To)
{
    /// <summary>The calendar month that a day lies in.</summary>
    public static Period MonthOf(DateOnly day)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        return new Period(first, first.AddMonths(1).AddDays(-1));
    }

    /// <summary>Monday to Sunday around a day.</summary>
    public static Period WeekOf(DateOnly day)
    {
        var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
        return new Period(monday, monday.AddDays(6));
    }

    /// <summary>The same length, moved back: national follow-up measures count those who all had time.</summary>
    public Period Shifted(int days) => new(From.AddDays(-days), To.AddDays(-days));

    /// <summary>Cut off at a day.</summary>
    public Period Until(DateOnly day) => To <= day ? this : this with { To = day };

    public bool Contains(DateOnly day) => day >= From && day <= To;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{From:d MMM yyyy} to {To:d MMM yyyy}");
}

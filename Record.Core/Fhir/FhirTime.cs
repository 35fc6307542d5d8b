using System.Globalization;

namespace Record.Core.Fhir;

/// <summary>FHIR dates as ranges: 2024-03 is the whole of March. https://hl7.org/fhir/R4/search.html#date</summary>
public static class FhirTime
{
    /// <summary>The zone of every time received without an offset (DESIGN.md section 8).</summary>
    public static TimeZoneInfo London { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>The instants that a FHIR date, dateTime or instant may mean: from <paramref name="low"/> until <paramref name="high"/>, exclusive.</summary>
    /// <returns>False if the text is none of them.</returns>
    public static bool TryRange(string? text, out DateTimeOffset low, out DateTimeOffset high)
    {
        low = high = default;
        return text?.Length switch
        {
            4 => Date(text + "-01-01", d => d.AddYears(1), out low, out high),
            7 => Date(text + "-01", d => d.AddMonths(1), out low, out high),
            10 => Date(text, d => d.AddDays(1), out low, out high),
            >= 16 and <= 40 => Instant(text, out low, out high),
            _ => false,
        };
    }

    /// <summary>Midnight in London as an instant.</summary>
    public static DateTimeOffset StartOf(DateOnly date)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, London.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>The calendar day in London of an instant.</summary>
    public static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, London).DateTime);

    private static bool Date(string text, Func<DateOnly, DateOnly> next, out DateTimeOffset low, out DateTimeOffset high)
    {
        low = high = default;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year == 9999)
            return false;
        (low, high) = (StartOf(date), StartOf(next(date)));
        return true;
    }

    private static bool Instant(string text, out DateTimeOffset low, out DateTimeOffset high)
    {
        low = high = default;
        if (text[10] != 'T') return false;
        var time = text.AsSpan(11);
        var zone = time.IndexOfAny('Z', '+', '-');
        if (!DateTimeOffset.TryParse(zone < 0 ? text + "Z" : text, CultureInfo.InvariantCulture, DateTimeStyles.None, out low)) return false;
        if (zone < 0) low = new DateTimeOffset(low.DateTime, London.GetUtcOffset(low.DateTime));
        low = low.ToUniversalTime();
        var digits = zone < 0 ? time.Length : zone;
        high = low + (digits <= 5 ? TimeSpan.FromMinutes(1) : digits <= 8 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1));
        return true;
    }
}

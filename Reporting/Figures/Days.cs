using Record.Core.Fhir;

namespace Reporting.Figures;

/// <summary>Calendar days of Europe/London, where every period of a board page begins and ends.</summary>
internal static class Days
{
    public static DateOnly Of(DateTimeOffset instant) => FhirTime.DayOf(instant);

    public static DateTimeOffset StartOf(DateOnly day) => FhirTime.StartOf(day);

    /// <summary>The same instant as people in Essex read it on the clock.</summary>
    public static DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, FhirTime.London);
}

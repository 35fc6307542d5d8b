namespace Reporting.Figures;

/// <summary>NHS England's own words for how settled a published figure is.</summary>
internal enum PublicationStatus
{
    Provisional,
    Performance,
    Final,
}

internal static class PublicationStatuses
{
    public const string Rule =
        "Provisional until one calendar month after the period has ended, because late data still changes it; performance after that. "
        + "Final only by sign-off: no period has been signed off, so no figure is final.";

    public static PublicationStatus Of(Period period, DateOnly today) =>
        today > period.To.AddMonths(1) ? PublicationStatus.Performance : PublicationStatus.Provisional;
}

using System.Globalization;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>Words of a pack that are said in more than one place.</summary>
internal static class PackText
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    public static string Minute(DateTimeOffset? instant) =>
        instant is { } at ? Days.Local(at).ToString("d MMM yyyy HH:mm", English) : "not known (a feed has not been heard)";

    public static string Short(Period period) => period.From.Month == period.To.Month && period.From.Year == period.To.Year
        ? $"{period.From.Day}–{period.To.ToString("d MMM yyyy", English)}"
        : $"{period.From.ToString("d MMM", English)} – {period.To.ToString("d MMM yyyy", English)}";

    public static string Month(Period period, DateOnly today) =>
        period.From.ToString("MMMM yyyy", English) + (period.Contains(today) && period.To == today ? " to date" : "");

    public static string Status(Figure? figure) => figure is null ? "" : figure.Basis.Status.ToString().ToLowerInvariant();

    public static string Origin(Origin origin) => origin == Figures.Origin.Simulated ? Origins.SimulatedMark : "live";

    public static string AgainstTarget(Figure? share) => share switch
    {
        null or { Basis.Target: null } => "no target",
        { Value: null } => "cannot be said",
        _ => share.MeetsTarget == true ? "met" : "not met",
    };
}

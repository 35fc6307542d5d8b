using ClosedXML.Excel;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>One cell: a number with its format, a moment, text, or a link to a sheet. Nothing here can become a formula.</summary>
internal sealed record PackCell
{
    private PackCell(string shown) => Shown = SafeText.Of(shown);

    /// <summary>Roughly what a reader sees, for measuring.</summary>
    public string Shown { get; }

    private decimal? Number { get; init; }
    private DateTime? Moment { get; init; }
    private string? Format { get; init; }
    private string? LinkTo { get; init; }
    private bool Bold { get; init; }

    public static PackCell Text(string? text, bool bold = false) => new(text ?? "") { Bold = bold };

    public static PackCell Count(long? count, string whenNone = "") => count is { } n ? new("0") { Number = n, Format = PackStyle.Whole } : new(whenNone);

    public static PackCell Percent(decimal? percent, string format = PackStyle.Percent, string whenNone = "") =>
        percent is { } n ? new("0.0%") { Number = n, Format = format } : new(whenNone);

    /// <summary>The published value of a figure: a real number, or why there is none.</summary>
    public static PackCell Value(Figure? figure) => figure switch
    {
        null => new("none recorded"),
        { Suppressed: true } => new(Suppression.Symbol),
        { Value: null } => new("none due"),
        { Measure.Unit: Units.Percent } => Percent(figure.Value, figure.Subject.IsSystem ? PackStyle.Percent : PackStyle.WholePercent),
        _ => new("0") { Number = figure.Value, Format = PackStyle.Whole },
    };

    public static PackCell Day(DateOnly day) => new("00 mmm 0000") { Moment = day.ToDateTime(TimeOnly.MinValue), Format = PackStyle.Day };

    public static PackCell Minute(DateTimeOffset? instant) => instant is { } at
        ? new("00 mmm 0000 00:00") { Moment = Days.Local(at).DateTime, Format = PackStyle.Minute }
        : new("never");

    public static PackCell Duration(TimeSpan? span) => span is { } s ? new("0:00:00") { Number = (decimal)s.TotalDays, Format = PackStyle.Duration } : new("");

    public static PackCell Link(string text, string sheet) => new(text) { LinkTo = sheet };

    public void Write(IXLCell cell)
    {
        if (Number is { } number) cell.SetValue(number);
        else if (Moment is { } moment) cell.SetValue(moment);
        else
        {
            cell.SetValue(Shown);
            cell.Style.IncludeQuotePrefix = SafeText.LooksLikeFormula(Shown);
        }

        if (Format is { } format)
        {
            cell.Style.NumberFormat.Format = format;
            cell.Style.Alignment.SetHorizontal(XLAlignmentHorizontalValues.Right);
        }
        else if (Shown == Suppression.Symbol) cell.Style.Alignment.SetHorizontal(XLAlignmentHorizontalValues.Right);

        if (Bold) cell.Style.Font.SetBold();
        if (LinkTo is { } sheet) cell.Hyperlink = new XLHyperlink($"'{sheet}'!A1");
    }
}

using ClosedXML.Excel;
using Reporting.Figures;
using Reporting.Pathways;

namespace Reporting.BoardPack;

/// <summary>How each figure is made, and every figure of the pack with all that belongs to it.</summary>
internal static class DefinitionSheet
{
    public const string Name = "Definitions and all figures";

    public static void Write(IXLWorkbook workbook, Report report)
    {
        var sheet = new SheetWriter(workbook, Name, report, 44, 30, 12, 12, 12, 14, 26, 26, 16, 14, 34, 12, 18, 14);
        foreach (var rule in report.Pathways)
            sheet.Note($"{rule.Title}: {rule.Source}. A report's month counts discharges {rule.WindowShift} days earlier, so that each had its time. The share is of those whose time is over; open clocks, exclusions and what cannot be assessed are counted apart.");
        sheet.Note($"Publication status: provisional while late data is expected, then performance, then final. Below system level: {report.Configuration.BelowSystem.Explanation}");
        sheet.TableHead(["Figure", "Whom it is about", "Value", "Numerator", "Denominator", "Unit", "Period", "Events of", "Status", "Origin", "Source", "Rule version", "Data through", "Suppression"]);
        foreach (var figure in report.Figures.Where(f => !f.Measure.Id.Contains("weekly", StringComparison.Ordinal)))
            sheet.TableRow(
                [PackCell.Text(figure.Measure.Title + (figure.Basis.Reading is { } reading ? $" ({PathwayDisplay.Reading(reading)})" : "")), PackCell.Text(figure.Subject.Name), PackCell.Value(figure),
                    PackCell.Count(figure.Numerator), PackCell.Count(figure.Denominator), PackCell.Text(figure.Measure.Unit), PackCell.Text(PackText.Short(figure.Basis.Period)), PackCell.Text(PackText.Short(figure.Basis.Window)),
                    PackCell.Text(PackText.Status(figure)), PackCell.Text(PackText.Origin(figure.Origin)), PackCell.Text(figure.Basis.Source), PackCell.Count(figure.Basis.RuleVersion), PackCell.Minute(figure.Basis.DataThrough), PackCell.Text(figure.Suppression.Name)]);
    }
}

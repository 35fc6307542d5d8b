using ClosedXML.Excel;
using Reporting.Figures;
using Reporting.Residents;

namespace Reporting.BoardPack;

/// <summary>Residents whose care crosses settings.</summary>
internal static class ResidentSheet
{
    public const string Name = "Residents across settings";

    public static void Write(IXLWorkbook workbook, Report report)
    {
        var sheet = new SheetWriter(workbook, Name, report, 60, 16, 16, 30, 18);
        sheet.Note(ResidentFigures.Definition);
        sheet.TableHead(["Measure", "Value", "Of", "Period", "Status"]);
        foreach (var figure in report.Figures.Where(f => f.Measure.Id.StartsWith("residents.", StringComparison.Ordinal)))
            sheet.TableRow([PackCell.Text(figure.Measure.Title), PackCell.Value(figure), PackCell.Count(figure.Denominator), PackCell.Text(PackText.Short(figure.Basis.Period)), PackCell.Text(PackText.Status(figure))]);
    }
}

using ClosedXML.Excel;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>
/// The only way to put anything on a sheet of the pack. Every sheet begins with its title and, where simulated data
/// contributed, the mark: in the title, in a row of its own, and in the printed header and footer.
/// </summary>
internal sealed class SheetWriter
{
    private readonly IXLWorksheet sheet;
    private readonly double[] widths;

    public SheetWriter(IXLWorkbook workbook, string name, Report report, params double[] widths)
    {
        this.widths = widths;
        sheet = workbook.Worksheets.Add(name);
        Name = name;
        sheet.ShowGridLines = false;
        for (var column = 0; column < widths.Length; column++) sheet.Column(column + 1).Width = widths[column];
        Head(name, report);
        Print(name, report);
    }

    public string Name { get; }

    public int Row { get; private set; } = 1;

    public int Columns => widths.Length;

    /// <summary>A heading of a part of the sheet.</summary>
    public void Section(string text)
    {
        Row++;
        var cell = Cell(1);
        cell.SetValue(SafeText.Of(text));
        cell.Style.Font.SetBold().Font.SetFontSize(12).Font.SetFontColor(PackStyle.Heading);
        sheet.Row(Row++).Height = 18;
    }

    /// <summary>A paragraph over the whole width.</summary>
    public void Note(string text)
    {
        var range = sheet.Range(Row, 1, Row, Columns).Merge();
        range.FirstCell().SetValue(SafeText.Of(text));
        range.Style.Alignment.SetWrapText().Alignment.SetVertical(XLAlignmentVerticalValues.Top).Font.SetFontColor(PackStyle.Quiet);
        sheet.Row(Row++).Height = Height(text, widths.Sum());
    }

    /// <summary>The head of a table; frozen and repeated in print if it is the sheet's only one.</summary>
    public void TableHead(IReadOnlyList<string> titles, bool only = false)
    {
        for (var column = 0; column < titles.Count; column++) Cell(column + 1).SetValue(SafeText.Of(titles[column]));
        sheet.Range(Row, 1, Row, titles.Count).Style
            .Fill.SetBackgroundColor(PackStyle.TableHead).Font.SetFontColor(XLColor.White).Font.SetBold()
            .Alignment.SetWrapText().Alignment.SetVertical(XLAlignmentVerticalValues.Center);
        sheet.Row(Row).Height = titles.Select((t, i) => Height(t, widths[i] * 0.88)).Max() + 3;
        if (only)
        {
            sheet.SheetView.FreezeRows(Row);
            sheet.PageSetup.SetRowsToRepeatAtTop(1, Row);
        }

        Row++;
    }

    /// <summary>A row of a table.</summary>
    public void TableRow(IReadOnlyList<PackCell> cells, bool attention = false)
    {
        for (var column = 0; column < cells.Count; column++) cells[column].Write(Cell(column + 1));
        var style = sheet.Range(Row, 1, Row, cells.Count).Style;
        style.Alignment.SetWrapText().Alignment.SetVertical(XLAlignmentVerticalValues.Top);
        style.Border.SetBottomBorder(XLBorderStyleValues.Thin).Border.SetBottomBorderColor(PackStyle.Rule);
        if (attention) style.Fill.SetBackgroundColor(PackStyle.Attention);
        sheet.Row(Row).Height = cells.Select((c, i) => Height(c.Shown, widths[i])).Max() + 3;
        Row++;
    }

    /// <summary>Room for a drawing; answers its first row.</summary>
    public int Leave(int rows)
    {
        var first = Row;
        Row += rows;
        return first;
    }

    public void PageBreak() => sheet.PageSetup.AddHorizontalPageBreak(Row - 1);

    private void Head(string name, Report report)
    {
        var simulated = report.Origin == Origin.Simulated;
        Cell(1).SetValue(simulated ? $"{name} – {Origins.SimulatedMark}" : name);
        Cell(1).Style.Font.SetBold().Font.SetFontSize(16).Font.SetFontColor(PackStyle.Heading);
        sheet.Row(Row++).Height = 24;
        if (simulated)
        {
            Cell(1).SetValue($"{Origins.SimulatedMark}: at least one feed sends invented people and events. Nothing here describes real care.");
            sheet.Range(Row, 1, Row, Columns).Style.Fill.SetBackgroundColor(PackStyle.Banner).Font.SetBold();
            sheet.Row(Row++).Height = 18;
            sheet.TabColor = PackStyle.Banner;
        }

        Cell(1).SetValue($"Mid and South Essex. Made {PackText.Minute(report.Now)}; data through {PackText.Minute(report.DataThrough)}. Times are those of Europe/London.");
        Cell(1).Style.Font.SetFontColor(PackStyle.Quiet);
        sheet.Row(Row++).Height = 15;
        sheet.SheetView.FreezeRows(Row - 1);
        sheet.PageSetup.SetRowsToRepeatAtTop(1, Row - 1);
    }

    private void Print(string name, Report report)
    {
        var mark = report.Origin == Origin.Simulated ? Origins.SimulatedMark : "";
        var page = sheet.PageSetup;
        page.PageOrientation = XLPageOrientation.Landscape;
        page.PaperSize = XLPaperSize.A4Paper;
        page.PagesWide = 1;
        page.PagesTall = 0;
        page.Margins.SetLeft(0.4).SetRight(0.4).SetTop(0.7).SetBottom(0.6).SetHeader(0.3).SetFooter(0.3);
        page.Header.Left.AddText("MSE shared record: board pack");
        page.Header.Center.AddText(mark).SetBold();
        page.Header.Right.AddText(name);
        page.Footer.Left.AddText($"Made {PackText.Minute(report.Now)}");
        page.Footer.Center.AddText(mark).SetBold();
        page.Footer.Right.AddText("Page ", XLHFOccurrence.AllPages);
        page.Footer.Right.AddText(XLHFPredefinedText.PageNumber, XLHFOccurrence.AllPages);
        page.Footer.Right.AddText(" of ", XLHFOccurrence.AllPages);
        page.Footer.Right.AddText(XLHFPredefinedText.NumberOfPages, XLHFOccurrence.AllPages);
    }

    private IXLCell Cell(int column) => sheet.Cell(Row, column);

    // Rows get their height from us: a reader that does not measure text itself would cut it.
    private static double Height(string text, double width) => PackStyle.LineHeight * TextWrap.Lines(text, width);
}

using System.Globalization;
using ClosedXML.Excel;
using Record.Core;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>Makes board packs. What a pack says is recorded before the pack leaves.</summary>
internal sealed class BoardPacks(Reports reports)
{
    /// <summary>MIME type of the workbook.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The pack of this moment.</summary>
    public async Task<(string FileName, byte[] Content)> Make(Access access, CancellationToken cancellation)
    {
        var (report, last, restated) = await reports.StateForPack(access, FileName, cancellation);
        using var workbook = new XLWorkbook();
        workbook.Style.Font.SetFontName(PackStyle.Font).Font.SetFontSize(PackStyle.FontSize);
        workbook.Properties.Title = report.Origin == Origin.Simulated ? $"MSE shared record: board pack – {Origins.SimulatedMark}" : "MSE shared record: board pack";
        workbook.Properties.Author = "MSE shared record";
        SummarySheet.Write(workbook, report, last, restated);
        PathwaySheet.Write(workbook, report);
        DeploymentSheet.Write(workbook, report);
        ResidentSheet.Write(workbook, report);
        ClaimSheet.Write(workbook, report);
        DefinitionSheet.Write(workbook, report);
        using var stream = new MemoryStream();
        workbook.SaveAs(stream);
        return (FileName(report), stream.ToArray());
    }

    private static string FileName(Report report)
    {
        var made = Days.Local(report.Now).ToString("yyyy-MM-dd HHmm", CultureInfo.InvariantCulture);
        return $"MSE shared record board pack {made}{(report.Origin == Origin.Simulated ? $" {Origins.SimulatedMark}" : "")}.xlsx";
    }
}

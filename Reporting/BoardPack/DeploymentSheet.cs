using ClosedXML.Excel;
using Reporting.Deployment;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>One row for each source system, measured from its feed. Nothing here is typed in.</summary>
internal static class DeploymentSheet
{
    public const string Name = "Deployment";

    public static void Write(IXLWorkbook workbook, Report report)
    {
        var sheet = new SheetWriter(workbook, Name, report, 30, 34, 15, 11, 22, 17, 17, 12, 12, 10, 10, 12, 16);
        sheet.Note(DeploymentRow.StageRule);
        sheet.Section("Source systems of the programme");
        Table(sheet, report.Deployment.Where(row => row.InProgramme));
        var others = report.Deployment.Where(row => !row.InProgramme && row.Feed is not null).ToList();
        if (others.Count == 0) return;
        sheet.Section("Other senders: not part of the programme, counted nowhere above");
        Table(sheet, others);
    }

    private static void Table(SheetWriter sheet, IEnumerable<DeploymentRow> rows)
    {
        sheet.TableHead(["Source system", "Organisation", "Setting", "Protocol", "Stage", "First message", "Last message", "Received", "Mapped", "Waiting", "Refused", "Taken", "Origin"]);
        foreach (var row in rows)
            sheet.TableRow(
                [PackCell.Text(row.Name), PackCell.Text(row.OrganisationName), PackCell.Text(row.Setting), PackCell.Text(row.Protocol), PackCell.Text(row.Stage.Text()),
                    PackCell.Minute(row.Feed?.FirstReceived), PackCell.Minute(row.Feed?.LastReceived), PackCell.Count(row.Feed?.Received ?? 0), PackCell.Count(row.Feed?.Mapped ?? 0),
                    PackCell.Count(row.Feed?.Waiting ?? 0), PackCell.Count(row.Feed?.Refused ?? 0), PackCell.Percent(row.AcceptancePercent, PackStyle.FinePercent), PackCell.Text(PackText.Origin(row.Origin))],
                row.Stage != FeedStage.Feeding);
    }
}

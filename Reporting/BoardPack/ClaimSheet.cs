using ClosedXML.Excel;
using Reporting.Claims;
using Reporting.Figures;

namespace Reporting.BoardPack;

/// <summary>What others have stated about the programme, with status and source. No number here is ours, and none is added to another.</summary>
internal static class ClaimSheet
{
    public const string Name = "Claims";

    public static void Write(IXLWorkbook workbook, Report report)
    {
        var register = report.Configuration.Claims;
        var sheet = new SheetWriter(workbook, Name, report, 16, 46, 26, 18, 40, 28, 40);
        sheet.Note("Stated by others and repeated here as stated. Claims are never added together, nor to our figures; they are compared only where they measure the same thing.");
        sheet.TableHead(["Topic", "Statement", "Value as stated", "Status", "Source", "The source's own status", "Note"]);
        foreach (var claim in register.Claims)
            sheet.TableRow(
                [PackCell.Text(claim.Topic), PackCell.Text(claim.Statement), PackCell.Text(claim.Value, bold: true), PackCell.Text(claim.Status.Text()), PackCell.Text(Source(claim)),
                    PackCell.Text(claim.Document.Status.Text()), PackCell.Text(claim.Note)],
                claim.RestsOnOutdatedDocument || claim.Status is ClaimStatus.Superseded or ClaimStatus.Disputed);
        foreach (var beside in register.Besides)
        {
            sheet.Section(beside.Title);
            foreach (var claim in beside.Claims) sheet.TableRow([PackCell.Text(""), PackCell.Text(claim.Statement), PackCell.Text(claim.Value, bold: true), PackCell.Text(claim.Status.Text()), PackCell.Text(Source(claim))]);
            sheet.Note(beside.Reason);
        }

        sheet.Section("Documents");
        sheet.TableHead(["Publisher", "Title", "Date", "Seen", "Reference", "Its own status", "Note"]);
        foreach (var document in register.Documents)
            sheet.TableRow([PackCell.Text(document.Publisher), PackCell.Text(document.Title), PackCell.Text(document.Date), PackCell.Text(document.SecondHand ? "at second hand" : "read"),
                PackCell.Text(document.Reference), PackCell.Text(document.Status.Text()), PackCell.Text(document.StatusNote)], document.Status is DocumentStatus.OutOfDate or DocumentStatus.OutOfDateUnspecified);
    }

    private static string Source(Claim claim) => $"{claim.Document.Publisher}, {claim.Document.Title} ({claim.Document.Date}), {claim.Place}; stated by {claim.StatedBy}";
}

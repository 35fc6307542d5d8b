using ClosedXML.Excel;
using Reporting.Figures;
using Reporting.Pathways;
using Reporting.Residents;

namespace Reporting.BoardPack;

/// <summary>The first page: what the board has to know, what changed since the last pack, and where the rest stands.</summary>
internal static class SummarySheet
{
    public static void Write(IXLWorkbook workbook, Report report, DateTimeOffset? lastPack, IReadOnlyList<Restatement> restated)
    {
        var sheet = new SheetWriter(workbook, "Summary", report, 44, 34, 16, 16, 16, 24);
        sheet.Note("Figures are computed by this product from what the source systems sent. Claims are what somebody else stated; they stand on a sheet of their own and are never mixed with figures.");
        sheet.Section("Follow-up after discharge, last complete month");
        sheet.TableHead(["Measure", "Reading", "Value", "Target", "Against target", "Status"]);
        foreach (var rule in report.Pathways)
            foreach (var reading in PathwayFigures.Readings)
            {
                var share = report.Find(PathwayMeasures.ShareOf(rule, reading).Id, report.Months[1]);
                sheet.TableRow(
                    [PackCell.Text(rule.Title), PackCell.Text(PathwayDisplay.Reading(reading)), PackCell.Value(share), PackCell.Percent(rule.Target, PackStyle.WholePercent),
                        PackCell.Text(PackText.AgainstTarget(share)), PackCell.Text(PackText.Status(share))], share?.MeetsTarget == false);
            }

        sheet.Section("Open now");
        sheet.TableHead(["Measure", "Reading", "People's clocks", "", "", "Status"]);
        foreach (var figure in report.Figures.Where(f => f.Measure.Id.Contains(".open-now.", StringComparison.Ordinal)))
            sheet.TableRow([PackCell.Text(figure.Measure.Title), PackCell.Text(PathwayDisplay.Reading(figure.Basis.Reading ?? "")), PackCell.Value(figure), PackCell.Text(""), PackCell.Text(""), PackCell.Text(PackText.Status(figure))]);
        sheet.Section("Care across settings, and the feeds");
        sheet.TableHead(["Measure", "Period", "Value", "Of", "", "Status"]);
        foreach (var figure in report.Figures.Where(f => f.Measure.Id is ResidentFigures.TwoOrMore or ResidentFigures.TwoOrMoreShare || f.Measure.Id.StartsWith("deployment.", StringComparison.Ordinal)))
            sheet.TableRow([PackCell.Text(figure.Measure.Title), PackCell.Text(PackText.Short(figure.Basis.Period)), PackCell.Value(figure), PackCell.Count(figure.Denominator), PackCell.Text(""), PackCell.Text(PackText.Status(figure))]);
        Changed(sheet, lastPack, restated);
        sheet.Section("In this pack");
        foreach (var name in (string[])[PathwaySheet.Name, DeploymentSheet.Name, ResidentSheet.Name, ClaimSheet.Name, DefinitionSheet.Name])
            sheet.TableRow([PackCell.Link(name, name)]);
    }

    private static void Changed(SheetWriter sheet, DateTimeOffset? lastPack, IReadOnlyList<Restatement> restated)
    {
        sheet.Section("What we said before and say differently now");
        if (lastPack is null) sheet.Note("This is the first pack.");
        else if (restated.Count == 0) sheet.Note($"Nothing about finished periods has changed since the pack of {PackText.Minute(lastPack)}.");
        else
        {
            sheet.TableHead(["Figure", "Period", "Then", "Now", "", "Why"]);
            foreach (var change in restated)
                sheet.TableRow([PackCell.Text(change.Now.Title), PackCell.Text(PackText.Short(change.Now.Period)), PackCell.Text(change.Before.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Suppression.Symbol),
                    PackCell.Text(change.Now.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Suppression.Symbol), PackCell.Text(""), PackCell.Text(change.Cause)]);
        }
    }
}

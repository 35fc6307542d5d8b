using ClosedXML.Excel;
using Reporting.Figures;
using Reporting.Pathways;

namespace Reporting.BoardPack;

/// <summary>Gaps between settings: each rule in each reading, month by month, then by organisation and team.</summary>
internal static class PathwaySheet
{
    public const string Name = "Pathway gaps";

    public static void Write(IXLWorkbook workbook, Report report)
    {
        var sheet = new SheetWriter(workbook, Name, report, 44, 18, 18, 18, 16, 22, 18);
        foreach (var rule in report.Pathways)
        {
            sheet.Section(rule.Title);
            sheet.Note("Two readings stand side by side and are never blended. The national definition counts calendar days and leaves the day of discharge out; the other counts 72 hours that have elapsed.");
            foreach (var reading in PathwayFigures.Readings) Months(sheet, report, rule, reading);
            foreach (var reading in PathwayFigures.Readings) Subjects(sheet, report, rule, reading);
        }

        if (report.Pathways.Count == 0) sheet.Note("No pathway rule is configured.");
    }

    private static void Months(SheetWriter sheet, Report report, PathwayDisplay rule, string reading)
    {
        sheet.Section(PathwayDisplay.Reading(reading));
        sheet.TableHead(["Measure", .. report.Months.Select(month => PackText.Month(month, report.Today)), "Target", "Discharges of", "Status"]);
        var last = report.Months[1];
        Line(PathwayMeasures.ShareOf(rule, reading).Id, PackCell.Percent(rule.Target, PackStyle.WholePercent));
        foreach (var (key, title, _) in PathwayMeasures.Counted) Line(PathwayMeasures.CountOf(rule, reading, key, title).Id, PackCell.Text(""));
        foreach (var reason in report.Figures.Where(f => f.Basis.Rule == rule.Rule && f.Basis.Reading == reading && f.Basis.Period == last
            && (f.Id.Contains(".excluded.", StringComparison.Ordinal) || f.Id.Contains(".not-assessable.", StringComparison.Ordinal))))
            Line(reason.Id, PackCell.Text(""));

        void Line(string id, PackCell target)
        {
            var figures = report.Months.Select(month => report.Find(id, month)).ToList();
            var known = figures.LastOrDefault(figure => figure is not null);
            if (known is null) return;
            sheet.TableRow([PackCell.Text(known.Measure.Title), .. figures.Select(PackCell.Value), target, PackCell.Text(PackText.Short(known.Basis.Window)), PackCell.Text(PackText.Status(figures[1] ?? known))],
                figures[1]?.MeetsTarget == false);
        }
    }

    private static void Subjects(SheetWriter sheet, Report report, PathwayDisplay rule, string reading)
    {
        var period = report.Months[1];
        var shares = report.Figures.Where(f => f.Measure.Id == PathwayMeasures.ShareOf(rule, reading).Id && f.Basis.Period == period && !f.Subject.IsSystem).ToList();
        if (shares.Count == 0) return;
        sheet.Section($"By organisation and team, {PackText.Month(period, report.Today)}: {PathwayDisplay.Reading(reading)}");
        sheet.TableHead(["Organisation or team", "Followed up in time", "In time", "Due", "Target", "Against target", "Status"]);
        foreach (var share in shares)
            sheet.TableRow([PackCell.Text(share.Subject.Name), PackCell.Value(share), PackCell.Count(share.Numerator, Suppression.Symbol), PackCell.Count(share.Denominator, Suppression.Symbol),
                PackCell.Percent(rule.Target, PackStyle.WholePercent), PackCell.Text(PackText.AgainstTarget(share)), PackCell.Text(PackText.Status(share))], share.MeetsTarget == false);
        sheet.Note(shares[0].Suppression.Explanation);
    }
}

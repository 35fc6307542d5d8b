using Reporting.Figures;

namespace Reporting.Deployment;

/// <summary>Counts of source systems by stage, with the exceptions named on the page; never an average per cent.</summary>
internal static class DeploymentFigures
{
    public static IEnumerable<Figure> Of(IReadOnlyList<DeploymentRow> rows, Basis basis)
    {
        var programme = rows.Where(row => row.InProgramme).ToList();
        foreach (var (id, title, stage) in new[]
        {
            ("deployment.feeding", "Source systems feeding the record now", FeedStage.Feeding),
            ("deployment.silent", "Source systems gone silent", FeedStage.Silent),
            ("deployment.not-connected", "Source systems not connected", FeedStage.NotConnected),
        })
            yield return Figure.Share(new(id, title, Units.Feeds), Subject.System, basis, programme.Count(r => r.Stage == stage), programme.Count);
    }
}

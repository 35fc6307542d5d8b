using Record.Core;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Reporting.Pathways;

/// <summary>How each rule of <c>config/pathways</c> is shown to a board. The rule itself is Record.Core's business.</summary>
internal static class PathwayCatalogue
{
    public static Result<IReadOnlyList<PathwayDisplay>> Read(string directory)
    {
        var folder = Path.Combine(directory, "pathways");
        if (!Directory.Exists(folder)) return Result<IReadOnlyList<PathwayDisplay>>.Of([]);
        var reader = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();
        var rules = new List<PathwayDisplay>();
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            try
            {
                var rule = reader.Deserialize<PathwayFile>(File.ReadAllText(file));
                rules.Add(new PathwayDisplay(
                    rule.Id, rule.Title, rule.Population, rule.Target?.Percent, rule.ReportingShiftDays, rule.Source.Length == 0 ? rule.Id : rule.Source));
            }
            catch (YamlException wrong)
            {
                return new RecordError(ErrorKind.Invalid, "pathways.invalid", $"pathways/{Path.GetFileName(file)}, line {wrong.Start.Line}: {wrong.Message}");
            }
        }

        return Result<IReadOnlyList<PathwayDisplay>>.Of(rules);
    }

    private sealed class PathwayFile
    {
        public string Id { get; set; } = "";
        public string Title { get; set; } = "";
        public string Population { get; set; } = "discharges";
        public TargetEntry? Target { get; set; }
        public int ReportingShiftDays { get; set; } = 4;
        public string Source { get; set; } = "";
    }

    private sealed class TargetEntry
    {
        public decimal? Percent { get; set; }
    }
}

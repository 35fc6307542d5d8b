using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Record.Core.Pathways;

/// <summary>A pathway rule: data of <c>config/pathways</c>, versioned.</summary>
public sealed class PathwayRule
{
    /// <summary>Names the rule for good.</summary>
    public string Id { get; init; } = "";

    /// <summary>Rises when the rule changes.</summary>
    public int Version { get; init; }

    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>Where the definition stands.</summary>
    public string Source { get; init; } = "";

    /// <summary>What starts a clock: the end of a stay.</summary>
    public PathwayStart Start { get; init; } = new();

    /// <summary>What stops it.</summary>
    public PathwayStop Stop { get; init; } = new();

    /// <summary>The ways in which its time is counted; each is a clock of its own.</summary>
    public IList<PathwayReading> Readings { get; init; } = [];

    /// <summary>How long before it is due an open clock is at risk.</summary>
    public TimeSpan AtRiskWithin { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A death within so many calendar days excludes.</summary>
    public int DiedWithinDays { get; init; }

    /// <summary>Discharge destinations that exclude, and what each is.</summary>
    public IDictionary<string, string> ExcludedDestinations { get; init; } = new Dictionary<string, string>();

    /// <summary>How long after its start an open clock stands on a worklist.</summary>
    public TimeSpan TaskFor { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Reads every rule of a folder.</summary>
    /// <returns>The rules, or the file and line that is wrong.</returns>
    public static Result<IReadOnlyList<PathwayRule>> ReadAll(string directory)
    {
        var folder = Path.Combine(directory, "pathways");
        if (!Directory.Exists(folder)) return new RecordError(ErrorKind.Invalid, "pathways.missing", "The folder config/pathways is missing.");
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();
        var rules = new List<PathwayRule>();
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            try
            {
                var rule = yaml.Deserialize<PathwayRule>(File.ReadAllText(file));
                if (rule.Fault() is { } fault) return Wrong(file, fault);
                rules.Add(rule);
            }
            catch (YamlException wrong)
            {
                return Wrong(file, $"line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}");
            }
        }

        return Result<IReadOnlyList<PathwayRule>>.Of(rules);
    }

    private static RecordError Wrong(string file, string what) => new(ErrorKind.Invalid, "pathways.invalid", $"pathways/{Path.GetFileName(file)}: {what}");

    private string? Fault() =>
        Id.Length == 0 ? "id is missing"
        : Version < 1 ? "version must be 1 or more"
        : Start.PlaceKinds.Count == 0 ? "start.placeKinds names no kind of place"
        : Readings.Count == 0 ? "readings is empty"
        : Readings.Any(reading => reading.Name.Length == 0 || (reading.Days is null) == (reading.Hours is null)) ? "each reading needs a name and either days or hours"
        : null;
}

/// <summary>What starts a clock.</summary>
public sealed class PathwayStart
{
    /// <summary>Kinds of place a stay must have ended in.</summary>
    public IList<string> PlaceKinds { get; init; } = [];
}

/// <summary>What stops a clock.</summary>
public sealed class PathwayStop
{
    /// <summary>Attendance codes that count.</summary>
    public IList<string> Attendance { get; init; } = [];

    /// <summary>Consultation mechanisms that count.</summary>
    public IList<string> Mechanisms { get; init; } = [];

    /// <summary>Whether a new hospital spell with the same provider counts.</summary>
    public bool NewSpell { get; init; }
}

/// <summary>One way of counting the time: calendar days after the day of the start, or elapsed hours.</summary>
public sealed class PathwayReading
{
    /// <summary><c>calendar-days</c> or <c>elapsed-hours</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whole days after the day of the start, which itself does not count.</summary>
    public int? Days { get; init; }

    /// <summary>Elapsed hours, across changes of the clock.</summary>
    public int? Hours { get; init; }
}

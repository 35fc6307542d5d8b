using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Simulator;

/// <summary>One source system to play: a file of <c>config/sources</c>.</summary>
public sealed class SourceFile
{
    public string Code { get; init; } = "";

    public string Organisation { get; init; } = "";

    public string Setting { get; init; } = "";

    public string Protocol { get; init; } = "";

    public string IdentifierSystem { get; init; } = "";

    public bool Simulated { get; init; }

    public bool InProgramme { get; init; } = true;

    public IList<LocationFile> Locations { get; init; } = [];

    /// <summary>The source systems of the programme whose people are invented, in a fixed order.</summary>
    public static IReadOnlyList<SourceFile> Read(string configuration)
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();
        return [.. Directory.GetFiles(Path.Combine(configuration, "sources"), "*.yaml").Order(StringComparer.Ordinal)
            .Select(file => yaml.Deserialize<SourceFile>(File.ReadAllText(file)))
            .Where(source => source is { Simulated: true, InProgramme: true })];
    }

    public LocationFile Location(string kind, int pick = 0)
    {
        var fitting = Locations.Where(location => location.Kind == kind).ToList();
        return fitting.Count > 0 ? fitting[pick % fitting.Count] : throw new InvalidOperationException($"{Code} has no location of kind {kind}.");
    }
}

/// <summary>A place of a source system.</summary>
public sealed class LocationFile
{
    public string Code { get; init; } = "";

    public string Kind { get; init; } = "";

    public string? Team { get; init; }
}

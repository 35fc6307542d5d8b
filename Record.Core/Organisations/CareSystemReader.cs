using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Record.Core.Organisations;

/// <summary>Reads <c>organisations.yaml</c> and <c>sources/*.yaml</c>, and says everything that is wrong with them at once.</summary>
public static class CareSystemReader
{
    private static readonly string[] Settings = ["acute", "mental-health", "community"];
    private static readonly string[] Protocols = ["hl7v2", "fhir", "csv"];

    /// <summary>Reads the configuration in a folder.</summary>
    /// <param name="directory">The folder <c>config</c>.</param>
    /// <returns>The care system, or one error that lists file by file what must be mended.</returns>
    public static Result<CareSystem> Read(string directory)
    {
        var errors = new List<string>();
        var organisations = ReadFile<List<Organisation>>(Path.Combine(directory, "organisations.yaml"), errors) ?? [];
        var folder = Path.Combine(directory, "sources");
        var sources = new List<SourceSystem>();
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        foreach (var file in files)
        {
            if (ReadFile<SourceSystem>(file, errors) is not { } source) continue;
            var name = $"sources/{Path.GetFileName(file)}";
            errors.AddRange(Faults(source, organisations).Select(fault => $"{name}: {fault}"));
            if (sources.Any(other => other.Code == source.Code || CareSystem.Sender(other) == CareSystem.Sender(source)))
                errors.Add($"{name}: another file already has this code or this sender");
            else sources.Add(source);
        }

        errors.AddRange(Faults(organisations));
        return errors.Count == 0
            ? new CareSystem(organisations, sources)
            : new RecordError(ErrorKind.Invalid, "configuration.invalid", string.Join("; ", errors));
    }

    private static IEnumerable<string> Faults(List<Organisation> organisations)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var organisation in organisations)
        {
            if (organisation.Id.Length == 0) yield return "organisations.yaml: an organisation has no id";
            else if (!seen.Add(organisation.Id)) yield return $"organisations.yaml: {organisation.Id} stands twice";
            if (organisation.Name.Length == 0) yield return $"organisations.yaml: {organisation.Id} has no name";
        }

        foreach (var organisation in organisations)
            if (organisation.PartOf is { } above && !seen.Contains(above))
                yield return $"organisations.yaml: {organisation.Id} is part of {above}, which is not listed";
    }

    private static IEnumerable<string> Faults(SourceSystem source, List<Organisation> organisations)
    {
        if (source.Code.Length == 0) yield return "code is missing";
        if (source.Name.Length == 0) yield return "name is missing";
        if (!Uri.IsWellFormedUriString(source.IdentifierSystem, UriKind.Absolute)) yield return "identifierSystem is not an absolute URI";
        if (!Settings.Contains(source.Setting)) yield return $"setting is '{source.Setting}'; it must be one of {string.Join(", ", Settings)}";
        if (!Protocols.Contains(source.Protocol)) yield return $"protocol is '{source.Protocol}'; it must be one of {string.Join(", ", Protocols)}";
        if (organisations.All(organisation => organisation.Id != source.Organisation)) yield return $"organisation {source.Organisation} is not in organisations.yaml";
        if (source.DefaultKind is { } kind && !PlaceKinds.All.Contains(kind)) yield return $"defaultKind is '{kind}'; it must be one of {string.Join(", ", PlaceKinds.All)}";
        if (source.Protocol == "csv" && source.File is null) yield return "a source that sends csv must say under file what its columns mean";
        foreach (var fault in source.File?.Faults() ?? []) yield return fault;
        foreach (var location in source.Locations)
        {
            if (location.Code.Length == 0) yield return "a location has no code";
            if (!PlaceKinds.All.Contains(location.Kind)) yield return $"location {location.Code}: kind '{location.Kind}' is not one of {string.Join(", ", PlaceKinds.All)}";
            if (location.Team is { } team && organisations.All(organisation => organisation.Id != team)) yield return $"location {location.Code}: team {team} is not in organisations.yaml";
        }

        if (source.Locations.GroupBy(location => location.Code, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            yield return $"location {twice.Key} stands twice";
    }

    private static T? ReadFile<T>(string path, List<string> errors) where T : class
    {
        if (!File.Exists(path))
        {
            errors.Add($"{Path.GetFileName(path)} is missing; Config__Directory must point at the folder that holds it");
            return null;
        }

        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();
        try
        {
            return yaml.Deserialize<T>(File.ReadAllText(path));
        }
        catch (YamlException wrong)
        {
            errors.Add($"{Path.GetFileName(path)}, line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}");
            return null;
        }
    }
}

using Record.Core.Organisations;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Record.Core;

/// <summary>Reads <c>config/access</c> and says everything that is wrong with it at once.</summary>
public static class AccessRulesReader
{
    private static readonly string[] Rules = ["open", "sealed", "not"];

    /// <summary>The policy of a folder, with the organisations and sources that stand beside it.</summary>
    /// <exception cref="InvalidOperationException">The configuration is wrong; the message says where.</exception>
    public static AccessRules Read(string directory) =>
        CareSystemReader.Read(directory).TryGet(out var system, out var wrong) && Read(directory, system).TryGet(out var rules, out wrong) ? rules : throw new InvalidOperationException(wrong.Detail);

    /// <summary>The policy of a folder.</summary>
    /// <param name="directory">The folder <c>config</c>.</param>
    /// <param name="system">Its organisations and sources.</param>
    public static Result<AccessRules> Read(string directory, CareSystem system)
    {
        var folder = Path.Combine(directory, "access");
        try
        {
            return Compile(File.ReadAllText(Path.Combine(folder, "policy.yaml")), File.ReadAllText(Path.Combine(folder, "arrangements.yaml")), system);
        }
        catch (IOException missing)
        {
            return new RecordError(ErrorKind.Invalid, "configuration.invalid", $"access: {missing.Message}");
        }
    }

    /// <summary>The policy that the program brings.</summary>
    internal static AccessRules BuiltIn()
    {
        using var text = new StreamReader(typeof(AccessRules).Assembly.GetManifestResourceStream("access-policy.yaml")!);
        return Compile(text.ReadToEnd(), "[]", null).TryGet(out var rules, out var wrong) ? rules : throw new InvalidOperationException(wrong.Detail);
    }

    internal static Result<AccessRules> Compile(string policyText, string arrangementsText, CareSystem? system)
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        try
        {
            var policy = yaml.Deserialize<AccessPolicy>(policyText);
            var arrangements = yaml.Deserialize<List<ServiceArrangement>?>(arrangementsText) ?? [];
            var faults = Faults(policy).Concat(Faults(arrangements, policy, system)).Concat(Faults(policy, system)).ToList();
            return faults.Count == 0 ? new AccessRules(policy, system, arrangements) : new RecordError(ErrorKind.Invalid, "configuration.invalid", string.Join("; ", faults));
        }
        catch (YamlException wrong)
        {
            return new RecordError(ErrorKind.Invalid, "configuration.invalid", $"access, line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}");
        }
    }

    private static IEnumerable<string> Faults(AccessPolicy policy)
    {
        foreach (var name in policy.Classes.Keys.Concat(policy.Kinds.Select(kind => kind.Class)).Concat(policy.Roles.Values.SelectMany(role => role.Cells.Values.SelectMany(cells => cells.Keys))))
            if (!Guard.Classes.Contains(name)) yield return $"policy.yaml: there is no content class {name}";
        foreach (var setting in policy.Roles.Values.SelectMany(role => role.Cells.Keys))
            if (setting != "any" && !Guard.Settings.Contains(setting)) yield return $"policy.yaml: there is no setting {setting}";
        foreach (var rule in policy.Roles.Values.SelectMany(role => role.Cells.Values.SelectMany(cells => cells.Values)))
            if (!Rules.Contains(rule)) yield return $"policy.yaml: '{rule}' must be one of {string.Join(", ", Rules)}";
        foreach (var seal in policy.Roles.Values.SelectMany(role => role.Opens))
            if (policy.Seals.All(known => known.Code != seal)) yield return $"policy.yaml: there is no seal {seal}";
        foreach (var label in policy.Seals.Where(seal => seal.Bit is < 0 or > 7).Concat(policy.Hidden.Where(hidden => hidden.Bit is < 8 or > 11)))
            yield return $"policy.yaml: {label.Code} has bit {label.Bit}; seals have 0 to 7, hidden classes 8 to 11";
        if (policy.Seals.Concat(policy.Hidden).GroupBy(label => label.Bit).Any(group => group.Count() > 1)) yield return "policy.yaml: a bit stands twice";
        if (policy.Relationships.Values.Any(period => period.Before < 0 || period.After < 0 || period.Open <= 0)) yield return "policy.yaml: a relationship has no end";
    }

    private static IEnumerable<string> Faults(IEnumerable<ServiceArrangement> arrangements, AccessPolicy policy, CareSystem? system)
    {
        foreach (var arrangement in arrangements)
        {
            foreach (var kind in arrangement.For)
                if (!policy.Relationships.ContainsKey(kind)) yield return $"arrangements.yaml: there is no kind of relationship {kind}";
            foreach (var id in arrangement.Serves.Append(arrangement.Team))
                if (system is not null && system.Organisation(id) is null) yield return $"arrangements.yaml: organisation {id} is not in organisations.yaml";
        }
    }

    private static IEnumerable<string> Faults(AccessPolicy policy, CareSystem? system)
    {
        foreach (var source in system?.Sources ?? [])
            foreach (var rule in source.Sensitivity)
            {
                if (policy.Seals.All(seal => seal.Code != rule.Seal)) yield return $"sources/{source.Code}.yaml: there is no seal {rule.Seal}";
                if (!Guard.Classes.Contains(rule.Class)) yield return $"sources/{source.Code}.yaml: there is no content class {rule.Class}";
            }

        foreach (var twice in (system?.Sources ?? []).GroupBy(source => Guard.Source(source.Code)).Where(group => group.Count() > 1))
            yield return $"sources {string.Join(" and ", twice.Select(source => source.Code))} have the same number; rename one";
    }
}

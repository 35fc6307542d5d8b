using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Record.Core.Audit.Unusual;

/// <summary>A rule by which access is raised for review: a row of <c>config/audit/unusual-access.yaml</c>.</summary>
public sealed class UnusualRule
{
    /// <summary>The user's own record.</summary>
    public const string OwnRecord = "own-record";

    /// <summary>Somebody who lives where the user lives.</summary>
    public const string SameAddress = "same-address";

    /// <summary>Somebody with the user's surname.</summary>
    public const string SameSurname = "same-surname";

    /// <summary>Somebody else of the staff.</summary>
    public const string Colleague = "colleague";

    /// <summary>Many people whom the user has not opened before, in a short time.</summary>
    public const string Strangers = "strangers";

    private static readonly string[] Known = [OwnRecord, SameAddress, SameSurname, Colleague, Strangers];

    /// <summary>Which.</summary>
    public string Rule { get; init; } = "";

    /// <summary>What the privacy officer reads.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether it is looked at.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A surname that more people have than this says nothing.</summary>
    public int AtMost { get; init; }

    /// <summary>More people than this.</summary>
    public int Patients { get; init; }

    /// <summary>Within so many minutes.</summary>
    public int WithinMinutes { get; init; }

    /// <summary>Whom the user has opened in so many days before is no stranger.</summary>
    public int KnownForDays { get; init; }

    /// <summary>For how many days a decision "justified" holds for the same user and person.</summary>
    public int QuietDays { get; init; }

    /// <summary>Reads the rules of a configuration folder.</summary>
    /// <returns>The rules, or the line that is wrong.</returns>
    public static Result<IReadOnlyList<UnusualRule>> ReadAll(string directory)
    {
        var path = Path.Combine(directory, "audit", "unusual-access.yaml");
        if (!File.Exists(path)) return Wrong("the file is missing");
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        try
        {
            var rules = yaml.Deserialize<List<UnusualRule>>(File.ReadAllText(path)) ?? [];
            return rules.Select(rule => rule.Fault()).FirstOrDefault(fault => fault is not null) is { } wrong ? Wrong(wrong) : Result<IReadOnlyList<UnusualRule>>.Of(rules);
        }
        catch (YamlException wrong)
        {
            return Wrong($"line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}");
        }
    }

    private static RecordError Wrong(string what) => new(ErrorKind.Invalid, "audit.unusual-invalid", $"audit/unusual-access.yaml: {what}");

    private string? Fault() =>
        !Known.Contains(Rule) ? $"'{Rule}' is none of {string.Join(", ", Known)}"
        : Title.Length == 0 ? $"{Rule} has no title"
        : QuietDays is < 0 or > 3650 ? $"{Rule}: quietDays must be from 0 to 3650"
        : Rule == SameSurname && AtMost < 1 ? "same-surname: atMost must be 1 or more"
        : Rule == Strangers && (Patients < 1 || WithinMinutes is < 1 or > 1440 || KnownForDays is < 0 or > 3650) ? "strangers: patients must be 1 or more, withinMinutes from 1 to 1440, knownForDays from 0 to 3650"
        : null;
}

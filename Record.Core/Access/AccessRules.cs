using System.Collections.Concurrent;
using System.Globalization;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core;

/// <summary>The access policy in force: what protects a resource, what follows of a fact, and what a caller may see.</summary>
public sealed class AccessRules
{
    private static readonly Lazy<AccessRules> BuiltIn = new(AccessRulesReader.BuiltIn);

    private readonly AccessPolicy policy;
    private readonly Dictionary<string, int> classOf;
    private readonly ILookup<string, PolicyKind> kinds;
    private readonly Dictionary<string, long> labels;
    private readonly HashSet<string> restricting;
    private readonly HashSet<string> withheld;
    private readonly IReadOnlyList<ServiceArrangement> arrangements;
    private readonly ConcurrentDictionary<string, Sight> sights = new(StringComparer.Ordinal);

    internal AccessRules(AccessPolicy policy, CareSystem? system, IReadOnlyList<ServiceArrangement> arrangements)
    {
        (this.policy, System, this.arrangements) = (policy, system, arrangements);
        classOf = policy.Classes.SelectMany(c => c.Value.Select(type => (type, Index(Guard.Classes, c.Key)))).ToDictionary(pair => pair.type, pair => pair.Item2, StringComparer.Ordinal);
        kinds = policy.Kinds.ToLookup(kind => kind.Type, StringComparer.Ordinal);
        labels = policy.Seals.Concat(policy.Hidden).SelectMany(l => l.Labels.Select(label => (label, 1L << l.Bit))).ToDictionary(pair => pair.label, pair => pair.Item2, StringComparer.Ordinal);
        (restricting, withheld) = ([.. policy.Restricted.Labels], [.. policy.Restricted.WithheldTypes]);
    }

    /// <summary>The policy that the program brings, without organisations.</summary>
    public static AccessRules Default => BuiltIn.Value;

    /// <summary>Organisations and sources; null where none are configured.</summary>
    internal CareSystem? System { get; }

    /// <summary>How long break-glass opens a record.</summary>
    internal TimeSpan BreakGlassFor => TimeSpan.FromHours(policy.BreakGlass.Hours);

    /// <summary>How long a seal stays open.</summary>
    internal TimeSpan SealFor => TimeSpan.FromHours(policy.BreakGlass.SealHours);

    /// <summary>Break-glass per thousand opened records from which the relationships are wrong.</summary>
    public double AlarmPerThousand => policy.BreakGlass.AlarmPerThousand;

    /// <summary>Bits of what a person looks at before it is given to the patient: what is about others, and safeguarding.</summary>
    internal long ReviewedBeforeRelease => policy.Seals.Where(seal => seal.Code is "third-party" or "safeguarding").Aggregate(0L, (bits, seal) => bits | 1L << seal.Bit);

    /// <summary>How long a relationship follows of a kind of fact; null of an unknown kind.</summary>
    internal PolicyPeriod? Period(string kind) => policy.Relationships.GetValueOrDefault(kind);

    /// <summary>What protects a resource, one bit for each reason.</summary>
    internal long GuardOf(string type, IReadOnlyCollection<SearchValue> values)
    {
        var (guard, contentClass) = (Guard.Always, classOf.GetValueOrDefault(type));
        SourceSystem? source = null;
        var byKind = kinds.Contains(type);
        foreach (var value in values)
        {
            if (value.Value is not { } text || value.Form != SearchForm.Plain) continue;
            if (value.Parameter.Name == "_security") guard |= type == "Patient" && restricting.Contains(text) ? Guard.Whereabouts : labels.GetValueOrDefault(text);
            else if (value.Parameter.Name == "_source" && SourceCode(text) is { } code) source = System?.Source(code);
            else if (byKind && kinds[type].FirstOrDefault(k => k.Parameter == value.Parameter.Name && k.Code == text) is { } kind) contentClass = Index(Guard.Classes, kind.Class);
        }

        if (type == "Patient") guard &= ~Guard.Whereabouts; // its row stays; its whereabouts are cut out of its bytes
        if (withheld.Contains(type)) guard |= Guard.Whereabouts;
        foreach (var rule in source?.Sensitivity ?? [])
            if (rule.Class == Guard.Classes[contentClass]) guard |= 1L << policy.Seals.First(seal => seal.Code == rule.Seal).Bit;
        return guard | Guard.Cell(Index(Guard.Settings, source?.Setting ?? ""), contentClass);
    }

    /// <summary>Number of the source that a resource came from.</summary>
    internal static int SourceOf(IReadOnlyCollection<SearchValue> values)
    {
        foreach (var value in values)
            if (value.Parameter.Name == "_source" && value.Value is { } text && SourceCode(text) is { } code) return Guard.Source(code);
        return 0;
    }

    /// <summary>Whether a Patient's labels restrict the person.</summary>
    internal bool Restricts(IReadOnlyCollection<SearchValue> values) =>
        values.Any(value => value.Parameter.Name == "_security" && value.Value is { } label && restricting.Contains(label));

    /// <summary>Organisation of the source that values name, if it is known.</summary>
    internal string? OrganisationOf(IReadOnlyCollection<SearchValue> values) =>
        values.Where(value => value.Parameter.Name == "_source").Select(value => SourceCode(value.Value)).OfType<string>().Select(code => System?.Source(code)?.Organisation).FirstOrDefault();

    /// <summary>Classes of sealed content that a caller may open with a reason, with the bits of each.</summary>
    internal IReadOnlyList<(string Code, string Name, long Bits)> SealsFor(Access access)
    {
        var role = policy.Roles.GetValueOrDefault(access.Role) ?? new();
        var seals = policy.Seals.Where(seal => !role.Opens.Contains(seal.Code)).Select(seal => (seal.Code, seal.Name, 1L << seal.Bit)).ToList();
        foreach (var cells in Cells(role).Where(cell => cell.Rule == "sealed").GroupBy(cell => (cell.Setting, cell.Class)))
            seals.Add(($"{Name(cells.Key.Setting)}-{Guard.Classes[cells.Key.Class]}", $"{Name(cells.Key.Setting)} {Guard.Classes[cells.Key.Class]}", Guard.Cell(cells.Key.Setting, cells.Key.Class)));
        return seals;
    }

    /// <summary>What a caller may see now.</summary>
    internal Sight SightOf(Access access, DateTimeOffset now)
    {
        if (access.IsOurs) return Sight.Everything;
        if (!access.MayReadPatients) return Sight.Nothing;
        var day = FhirTime.DayOf(now);
        var key = string.Join('\n', [access.Role, access.Organisation, access.User, day.DayNumber.ToString(CultureInfo.InvariantCulture), .. access.Teams]);
        if (sights.TryGetValue(key, out var known)) return known;
        if (sights.Count > 20_000) sights.Clear();
        return sights[key] = Compile(access, day);
    }

    private Sight Compile(Access access, DateOnly day)
    {
        var role = policy.Roles.GetValueOrDefault(access.Role) ?? new();
        var parties = Parties(access).Distinct().ToArray();
        var denied = policy.Hidden.Aggregate(0L, (bits, hidden) => bits | 1L << hidden.Bit);
        denied = policy.Seals.Where(seal => !role.Opens.Contains(seal.Code)).Aggregate(denied, (bits, seal) => bits | 1L << seal.Bit);
        denied = Cells(role).Where(cell => cell.Rule != "open").Aggregate(denied, (bits, cell) => bits | Guard.Cell(cell.Setting, cell.Class));
        var sources = System?.Sources ?? [];
        int[] own = [.. sources.Where(source => source.Organisation == access.Organisation).Select(source => Guard.Source(source.Code))];
        int[] closed = [.. sources.Where(source => source.Organisation != access.Organisation && source.SharingAgreement?.IsInForce(day) != true).Select(source => Guard.Source(source.Code))];
        return new()
        {
            Patients = true, Organisation = access.Organisation, Unattached = access.IsSystem, Assumed = role.Relationship == "not-needed" ? Guard.Related : 0, Parties = parties,
            PartiesText = string.Join('\n', parties), Denied = denied,
            OwnSources = own, OwnSourcesText = string.Join(',', own), ClosedSources = closed, ClosedSourcesText = string.Join(',', closed),
        };
    }

    // Facts that name an organisation count for all who work there; a team's for the whole trust too. Who serves another's places has its facts of those kinds.
    private IEnumerable<string> Parties(Access access)
    {
        yield return "";
        yield return $"user:{access.User.ReplaceLineEndings(" ")}";
        if (access.Organisation.Length > 0) yield return access.Organisation;
        foreach (var team in access.Teams) yield return team;
        foreach (var team in System?.Organisations.Where(o => o.PartOf == access.Organisation && access.Organisation.Length > 0) ?? []) yield return team.Id;
        foreach (var arrangement in arrangements.Where(a => access.Teams.Contains(a.Team)))
            foreach (var kind in arrangement.For)
                foreach (var served in arrangement.Serves) yield return $"{kind}/{served}";
    }

    private static IEnumerable<(int Setting, int Class, string Rule)> Cells(PolicyRole role)
    {
        foreach (var (setting, classes) in role.Cells)
            foreach (var (name, rule) in classes)
                for (var i = 0; i < Guard.Settings.Count; i++)
                    if (setting == "any" || Guard.Settings[i] == setting) yield return (i, Index(Guard.Classes, name), rule);
    }

    private static string Name(int setting) => setting == 0 ? "other" : Guard.Settings[setting];

    private static string? SourceCode(string? text) => text?.StartsWith("urn:source:", StringComparison.Ordinal) == true ? text[11..] : null;

    private static int Index(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name) return i;
        return 0;
    }
}

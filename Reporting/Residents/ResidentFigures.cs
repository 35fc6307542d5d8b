using Reporting.Figures;

namespace Reporting.Residents;

/// <summary>Residents whose care crosses settings, as figures. Pure.</summary>
internal static class ResidentFigures
{
    public const string TwoOrMore = "residents.two-or-more-settings";
    public const string TwoOrMoreShare = "residents.two-or-more-settings-share";
    public const string Definition =
        "A resident is a linked person; those whom no verified NHS number links count once for each record. "
        + "Active means an encounter (stay, attendance or contact) that began or went on in the period and was not planned, cancelled or entered in error. "
        + "A setting is that of the source system which sent it.";

    public static IEnumerable<Figure> Of(IReadOnlyList<SettingCombination> combinations, Basis basis)
    {
        var all = combinations.Sum(c => c.People);
        var crossing = combinations.Where(c => c.Settings.Count > 1).Sum(c => c.People);
        yield return Figure.Count(new("residents.active", "Residents active in any setting", Units.Residents), Subject.System, basis, all);
        yield return Share(TwoOrMore, "Residents active in two or more settings", Units.Residents, crossing);
        yield return Share(TwoOrMoreShare, "Residents active in two or more settings, of all active", Units.Percent, crossing);

        var settings = combinations.SelectMany(c => c.Settings).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var setting in settings)
            yield return Share($"residents.in.{setting}", $"Active in {Name(setting)} care", Units.Residents, Having(setting));
        for (var i = 0; i < settings.Count; i++)
            for (var j = i + 1; j < settings.Count; j++)
                yield return Share(
                    $"residents.pair.{settings[i]}+{settings[j]}", $"Active in {Name(settings[i])} and {Name(settings[j])} care",
                    Units.Residents, Having(settings[i], settings[j]));
        if (settings.Count > 2)
            yield return Share("residents.all-settings", $"Active in all {settings.Count} settings", Units.Residents, Having([.. settings]));

        Figure Share(string id, string title, string unit, long people) =>
            Figure.Share(new(id, title, unit), Subject.System, basis, people, all);
        long Having(params string[] wanted) => combinations.Where(c => wanted.All(c.Settings.Contains)).Sum(c => c.People);
    }

    public static string Name(string setting) => setting.Replace('-', ' ');
}

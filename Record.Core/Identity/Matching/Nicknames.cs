namespace Record.Core.Identity.Matching;

/// <summary>Given names that are forms of one another: <c>nicknames.txt</c>, one family of names a line, the full name first.</summary>
public static class Nicknames
{
    private static readonly Dictionary<string, int[]> Families = Read();
    private static readonly Dictionary<string, string> Roots = ReadRoots();

    /// <summary>Whether two folded names are forms of one name.</summary>
    public static bool Same(string a, string b) =>
        Families.TryGetValue(a, out var ofA) && Families.TryGetValue(b, out var ofB) && ofA.AsSpan().ContainsAny(ofB);

    /// <summary>One name that stands for all its forms; a name that is not listed stands for itself.</summary>
    public static string Root(string name) => Roots.GetValueOrDefault(name, name);

    /// <summary>Another form of a folded name, any; null if the name has none.</summary>
    internal static string? Another(string name, Random random)
    {
        if (!Families.TryGetValue(name, out var lines)) return null;
        var forms = Families.Where(other => other.Key != name && other.Value.AsSpan().Contains(lines[0])).Select(other => other.Key).ToList();
        return forms.Count == 0 ? null : forms[random.Next(forms.Count)];
    }

    private static Dictionary<string, int[]> Read() => Lines()
        .SelectMany((names, line) => names.Select(name => (name, line)))
        .GroupBy(pair => pair.name).ToDictionary(group => group.Key, group => group.Select(pair => pair.line).ToArray());

    private static Dictionary<string, string> ReadRoots() => Lines()
        .SelectMany(names => names.Select(name => (name, root: names[0])))
        .GroupBy(pair => pair.name).ToDictionary(group => group.Key, group => group.First().root);

    private static IEnumerable<string[]> Lines()
    {
        using var file = typeof(Nicknames).Assembly.GetManifestResourceStream("Record.Core.Identity.Matching.nicknames.txt")!;
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(Folding.Words)];
    }
}

namespace Record.Core.Identity.Matching;

/// <summary>Compares names: the same, a form of the same, a slip of the pen, one of several, given and family in one another's place.</summary>
internal static class NameComparison
{
    private const double AlmostSame = 0.92;
    private const double Alike = 0.82;

    /// <summary>Levels of the given names, the further given names and the family name.</summary>
    public static (MatchLevel Given, MatchLevel Middle, MatchLevel Family) Of(MatchSubject a, MatchSubject b)
    {
        var given = Given(a, b);
        var family = Family(a, b);
        if (given is MatchLevel.Different or MatchLevel.Missing && family is MatchLevel.Different or MatchLevel.Missing && given != family | given == MatchLevel.Different)
        {
            var left = IsNear(a.FirstName, b.FamilyName);
            var right = IsNear(a.FamilyName, b.FirstName);
            if (left && right) return (MatchLevel.Swapped, MatchLevel.Missing, MatchLevel.Swapped);
            // One name only, written in the wrong place: it says as much as one name.
            if (left && (a.FamilyName.Length == 0 || b.FirstName.Length == 0)) return (MatchLevel.Missing, MatchLevel.Missing, MatchLevel.Swapped);
            if (right && (b.FamilyName.Length == 0 || a.FirstName.Length == 0)) return (MatchLevel.Missing, MatchLevel.Missing, MatchLevel.Swapped);
        }

        return (given, Middle(a, b), family);
    }

    private static MatchLevel Given(MatchSubject a, MatchSubject b)
    {
        var (x, y) = (a.FirstName, b.FirstName);
        if (x.Length == 0 || y.Length == 0) return MatchLevel.Missing;
        if (x == y) return MatchLevel.Exact;
        if (Nicknames.Same(x, y)) return MatchLevel.Equivalent;
        if (x.Length == 1 || y.Length == 1) return x[0] == y[0] ? MatchLevel.Part : MatchLevel.Different;
        if (x.StartsWith(y, StringComparison.Ordinal) || y.StartsWith(x, StringComparison.Ordinal)) return MatchLevel.Similar;
        var level = Alikeness(x, y);
        return level == MatchLevel.Different && KnownByAnother(a, b) ? MatchLevel.Part : level;
    }

    private static bool KnownByAnother(MatchSubject a, MatchSubject b)
    {
        for (var i = 1; i < b.Given.Count; i++) if (b.Given[i].Length > 1 && b.Given[i] == a.FirstName) return true;
        for (var i = 1; i < a.Given.Count; i++) if (a.Given[i].Length > 1 && a.Given[i] == b.FirstName) return true;
        return false;
    }

    private static MatchLevel Middle(MatchSubject a, MatchSubject b)
    {
        if (a.Given.Count < 2 || b.Given.Count < 2) return MatchLevel.Missing;
        var best = MatchLevel.Different;
        for (var i = 1; i < a.Given.Count; i++)
            for (var j = 1; j < b.Given.Count; j++)
            {
                var (x, y) = (a.Given[i], b.Given[j]);
                var level = x == y ? MatchLevel.Exact
                    : (x.Length == 1 || y.Length == 1) && x[0] == y[0] ? MatchLevel.Part
                    : Alikeness(x, y) is MatchLevel.Close ? MatchLevel.Close : MatchLevel.Different;
                if (level > best) best = level;
            }

        return best;
    }

    private static MatchLevel Family(MatchSubject a, MatchSubject b)
    {
        var (x, y) = (a.FamilyName, b.FamilyName);
        if (x.Length == 0 || y.Length == 0) return MatchLevel.Missing;
        if (x == y) return MatchLevel.Exact;
        if (Shares(a.Family, b.Family)) return MatchLevel.Part; // Smith-Jones and Jones
        var level = Alikeness(x, y);
        if (level == MatchLevel.Different && (Shares(a.FormerFamily, b.Family) || Shares(a.Family, b.FormerFamily))) return MatchLevel.Part;
        return level;
    }

    private static bool Shares(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        for (var i = 0; i < a.Count; i++)
            for (var j = 0; j < b.Count; j++)
                if (a[i].Length > 2 && a[i] == b[j]) return true;
        return false;
    }

    private static bool IsNear(string x, string y) => x.Length > 0 && y.Length > 0 && (x == y || Alikeness(x, y) == MatchLevel.Close);

    private static MatchLevel Alikeness(string x, string y)
    {
        if (Math.Min(x.Length, y.Length) < 3) return Similarity.Edits(x, y, 1) <= 1 ? MatchLevel.Similar : MatchLevel.Different;
        if (Similarity.Edits(x, y, 1) <= 1) return MatchLevel.Close;
        var alike = Similarity.JaroWinkler(x, y);
        return alike >= AlmostSame ? MatchLevel.Close : alike >= Alike ? MatchLevel.Similar : MatchLevel.Different;
    }
}

namespace Record.Core.Identity.Matching;

/// <summary>Recognises an overlay: one local number that was one person's and is now another's.</summary>
public static class Overlay
{
    /// <summary>Whether a record changed so much that it may be somebody else's now. A marriage, an adoption or a mended date is not enough.</summary>
    public static bool IsSuspected(MatchSubject before, MatchSubject after)
    {
        var change = SubjectComparison.Compare(before, after);
        var (given, family, born) = (change[MatchField.Given], change[MatchField.Family], change[MatchField.BirthDate]);
        if (given != MatchLevel.Different || before.IsUnnamed) return false;
        return born == MatchLevel.Conflict
            || family == MatchLevel.Different && born is MatchLevel.Different or MatchLevel.Part
            || change[MatchField.NhsNumber] == MatchLevel.Conflict && born != MatchLevel.Exact;
    }
}

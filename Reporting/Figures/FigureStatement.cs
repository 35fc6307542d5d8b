namespace Reporting.Figures;

/// <summary>What we said about one figure, and when.</summary>
internal sealed record FigureStatement(
    string Figure, string Title, string Level, string SubjectId, string SubjectName, string Unit, Period Period, Period Window,
    decimal? Value, long? Numerator, long? Denominator, bool Suppressed, Origin Origin, PublicationStatus Status, string Source,
    string? Rule, int? RuleVersion, string? Reading, decimal? Target, DateTimeOffset? DataThrough, string Suppression, DateTimeOffset RecordedAt)
{
    public (string Figure, Period Period) Key => (Figure, Period);

    public static FigureStatement Of(Figure figure, DateTimeOffset now) => new(
        figure.Id, figure.Measure.Title, figure.Subject.Level, figure.Subject.Id, figure.Subject.Name, figure.Measure.Unit,
        figure.Basis.Period, figure.Basis.Window, figure.Value, figure.Numerator, figure.Denominator, figure.Suppressed,
        figure.Origin, figure.Basis.Status, figure.Basis.Source, figure.Basis.Rule, figure.Basis.RuleVersion, figure.Basis.Reading,
        figure.Basis.Target, figure.Basis.DataThrough, figure.Suppression.Name, now);

    /// <summary>Whether both say the same; that more data has been heard meanwhile changes nothing that was said.</summary>
    public bool Says(FigureStatement other) =>
        this with { DataThrough = null, RecordedAt = default } == other with { DataThrough = null, RecordedAt = default };
}

/// <summary>A figure of a finished period that we now state differently than in the last board pack.</summary>
internal sealed record Restatement(FigureStatement Before, FigureStatement Now)
{
    /// <summary>Which of the things that can change a figure did.</summary>
    public string Cause =>
        Before.RuleVersion != Now.RuleVersion ? $"rule version {Before.RuleVersion} became {Now.RuleVersion}"
        : Before.Suppression != Now.Suppression ? "another disclosure pattern"
        : "late or corrected data, or a changed link between records";

    /// <summary>Finished periods whose value, numerator or denominator differ.</summary>
    public static IReadOnlyList<Restatement> Between(IEnumerable<FigureStatement> before, IEnumerable<FigureStatement> now)
    {
        var said = before.Where(s => Days.Of(s.RecordedAt) > s.Period.To).ToDictionary(s => s.Key);
        return [.. from statement in now
                   where said.ContainsKey(statement.Key)
                   let then = said[statement.Key]
                   where (then.Value, then.Numerator, then.Denominator) != (statement.Value, statement.Numerator, statement.Denominator)
                   select new Restatement(then, statement)];
    }
}

/// <summary>One computation of figures: for a page, or for a board pack.</summary>
internal sealed record FigureRun(Guid Id, string Kind, DateTimeOffset MadeAt, Origin Origin, DateTimeOffset? DataThrough, string? FileName)
{
    public const string ForFigures = "figures";
    public const string ForBoardPack = "board-pack";
}

namespace Reporting.Figures;

/// <summary>What a figure counts: its stable id, its title and its unit.</summary>
internal sealed record Measure(string Id, string Title, string Unit);

/// <summary>Whom a figure is about. Only the system as a whole escapes disclosure control.</summary>
internal sealed record Subject(string Level, string Id, string Name)
{
    public static Subject System { get; } = new("system", "", "Mid and South Essex");

    public bool IsSystem => Level == System.Level;
}

/// <summary>What all figures of one computation share.</summary>
internal sealed record Basis(
    Period Period, Origin Origin, PublicationStatus Status, string Source, DateTimeOffset? DataThrough, Suppression BelowSystem)
{
    /// <summary>The days whose events were counted, where a measure's convention differs from the period.</summary>
    public Period Window { get; init; } = Period;

    public string? Rule { get; init; }
    public int? RuleVersion { get; init; }
    public string? Reading { get; init; }
    public decimal? Target { get; init; }
}

/// <summary>
/// One number on a board page, computed by us. It can be made only through <see cref="Count"/> and <see cref="Share"/>,
/// which apply disclosure control, and its origin cannot be changed afterwards.
/// </summary>
internal sealed class Figure
{
    private Figure(Measure measure, Subject subject, Basis basis)
    {
        (Measure, Subject, Basis) = (measure, subject, basis);
        Suppression = subject.IsSystem ? Suppression.None : basis.BelowSystem;
    }

    public Measure Measure { get; }
    public Subject Subject { get; }
    public Basis Basis { get; }
    public Suppression Suppression { get; }
    public Origin Origin => Basis.Origin;

    /// <summary>As published; null where suppressed, or where there is nothing to divide by.</summary>
    public decimal? Value { get; private init; }

    public long? Numerator { get; private init; }
    public long? Denominator { get; private init; }
    public bool Suppressed { get; private init; }

    /// <summary>Stable over time: the measure, and whom it is about.</summary>
    public string Id => Subject.IsSystem ? Measure.Id : $"{Measure.Id}@{Subject.Id}";

    public bool? MeetsTarget => Value is { } value && Basis.Target is { } target ? value >= target : null;

    /// <summary>How many.</summary>
    public static Figure Count(Measure measure, Subject subject, Basis basis, long count)
    {
        var figure = new Figure(measure, subject, basis);
        var published = figure.Suppression.Count(count);
        return new Figure(measure, subject, basis) { Value = published, Suppressed = published is null };
    }

    /// <summary>How many of how many; as a percentage where the measure's unit is one, else the numerator.</summary>
    public static Figure Share(Measure measure, Subject subject, Basis basis, long numerator, long denominator)
    {
        var rule = new Figure(measure, subject, basis).Suppression;
        var (top, bottom) = (rule.Count(numerator), rule.Count(denominator));
        var value = measure.Unit == Units.Percent ? rule.Percent(numerator, denominator) : top;
        return new Figure(measure, subject, basis)
        {
            Value = value, Numerator = top, Denominator = bottom,
            Suppressed = value is null && (denominator != 0 || !subject.IsSystem),
        };
    }
}

internal static class Units
{
    public const string Percent = "%";
    public const string Discharges = "discharges";
    public const string Residents = "residents";
    public const string Feeds = "source systems";
}

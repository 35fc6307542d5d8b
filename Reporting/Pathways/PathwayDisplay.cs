namespace Reporting.Pathways;

/// <summary>How a pathway rule is shown to a board: words and reporting conventions, from <c>config/pathways</c>.</summary>
internal sealed record PathwayDisplay(string Rule, string Title, string Population, decimal? Target, int WindowShift, string Source)
{
    /// <summary>What a reading of a rule means, in full; the two are never blended.</summary>
    public static string Reading(string reading) => reading switch
    {
        "calendar-days" => "National definition: calendar days 1 to 3",
        "elapsed-hours" => "72 elapsed hours",
        _ => reading,
    };

    /// <summary>A rule that the configuration does not describe is shown under its own name, without a target.</summary>
    public static PathwayDisplay Unknown(string rule) => new(rule, rule, "clocks started", null, 0, "record.pathway_clock");
}

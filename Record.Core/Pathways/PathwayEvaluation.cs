using Record.Core.Fhir;

namespace Record.Core.Pathways;

/// <summary>What a rule says of one event that starts it, in one reading.</summary>
/// <param name="Reading">Which reading.</param>
/// <param name="Started">The stay whose end started it.</param>
/// <param name="DueAt">First instant that is too late; null if it cannot be said.</param>
/// <param name="ClosedAt">When it was stopped.</param>
/// <param name="ClosedBy">Id of the Encounter that stopped it.</param>
/// <param name="Outcome">not-due, at-risk, breached-open, met, closed-late, excluded, not-assessable.</param>
/// <param name="Reason">Why excluded or not assessable.</param>
/// <param name="NextAt">When time alone changes the outcome.</param>
public sealed record Clock(
    string Reading, Episode Started, DateTimeOffset? DueAt, DateTimeOffset? ClosedAt, string? ClosedBy, string Outcome, string? Reason, DateTimeOffset? NextAt)
{
    /// <summary>Whether somebody has still to act.</summary>
    public bool IsOpen => Outcome is "not-due" or "at-risk" or "breached-open";
}

/// <summary>Evaluates a rule over a timeline. Pure: the same for one change as for everybody at once.</summary>
public static class PathwayEvaluation
{
    /// <summary>The clocks of one person at one moment.</summary>
    public static IReadOnlyList<Clock> Evaluate(PathwayRule rule, Timeline timeline, DateTimeOffset now) =>
        [.. from stay in timeline.Episodes
            where Starts(rule, stay)
            from reading in rule.Readings
            select Evaluate(rule, reading, stay, timeline, now)];

    private static bool Starts(PathwayRule rule, Episode stay) =>
        stay is { Inpatient: true, Status: "finished" } && stay.PlaceKind is { } kind && rule.Start.PlaceKinds.Contains(kind);

    private static Clock Evaluate(PathwayRule rule, PathwayReading reading, Episode stay, Timeline timeline, DateTimeOffset now)
    {
        if (stay.End is not { } end) return new(reading.Name, stay, null, null, null, "not-assessable", "the source system gave no time of discharge", null);
        if (Excluded(rule, stay, end, timeline.Died) is { } why) return new(reading.Name, stay, null, null, null, "excluded", why, null);
        if (reading.Hours is not null && !end.HasTime) return new(reading.Name, stay, null, null, null, "not-assessable", "the source system gave the date of discharge without a time", null);
        var due = reading.Hours is { } hours ? end.From.AddHours(hours) : FhirTime.StartOf(end.Day.AddDays(reading.Days!.Value + 1));
        var stops = timeline.Episodes.Where(episode => episode.Encounter != stay.Encounter && Stops(rule, reading, stay, end, episode)).ToList();
        var first = stops.Where(episode => reading.Hours is null || episode.Start!.Value.HasTime).MinBy(episode => episode.Start!.Value.From);
        if (first is not null && InTime(reading, first.Start!.Value, due)) return Closed(reading, stay, due, first, "met");
        // A contact of which only the day is known may have been in time, or not: saying either would be a guess.
        if (reading.Hours is not null && stops.Any(episode => !episode.Start!.Value.HasTime && episode.Start.Value.From <= due))
            return new(reading.Name, stay, due, null, null, "not-assessable", "a contact is recorded without its time", null);
        if (first is not null) return Closed(reading, stay, due, first, "closed-late");
        var risk = due - rule.AtRiskWithin;
        var (outcome, next) = now > due || (now == due && reading.Hours is null) ? ("breached-open", (DateTimeOffset?)null) : now >= risk ? ("at-risk", due) : ("not-due", risk);
        return new(reading.Name, stay, due, null, null, outcome, null, next);
    }

    private static Clock Closed(PathwayReading reading, Episode stay, DateTimeOffset due, Episode by, string outcome) =>
        new(reading.Name, stay, due, by.Start!.Value.From, by.Encounter, outcome, null, null);

    // Seventy-two hours to the second is within 72 hours; a calendar day ends where the next begins.
    private static bool InTime(PathwayReading reading, Moment contact, DateTimeOffset due) => reading.Hours is null ? contact.From < due : contact.From <= due;

    private static string? Excluded(PathwayRule rule, Episode stay, Moment end, Moment? died)
    {
        if (stay.Destination is { } destination && rule.ExcludedDestinations.TryGetValue(destination, out var what)) return $"discharged to: {what}";
        if (died is { } death && death.Day >= end.Day.AddDays(-1) && death.Day <= end.Day.AddDays(rule.DiedWithinDays)) return $"died within {rule.DiedWithinDays} days";
        return null;
    }

    private static bool Stops(PathwayRule rule, PathwayReading reading, Episode stay, Moment end, Episode episode)
    {
        if (episode.Start is not { } start || episode.Provider != stay.Provider || episode.Status is "cancelled" or "entered-in-error" or "planned") return false;
        var after = reading.Hours is null || !start.HasTime ? start.Day > end.Day : start.From > end.From;
        return after && (episode.Inpatient
            ? rule.Stop.NewSpell
            : episode.Attendance is { } attendance && rule.Stop.Attendance.Contains(attendance) && episode.Mechanism is { } mechanism && rule.Stop.Mechanisms.Contains(mechanism));
    }
}

using System.Globalization;

namespace Record.Web.Design;

/// <summary>Times, numbers and codes as people in the NHS read them.</summary>
public static class Words
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>999 123 4567, as the NHS design system writes it.</summary>
    public static string NhsNumber(string? number) => number is { Length: 10 } ? $"{number[..3]} {number[3..6]} {number[6..]}" : "not known";

    public static DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, London);

    public static string Minute(DateTimeOffset? at) => at is { } moment ? Local(moment).ToString("d MMM yyyy, HH:mm", English) : "not known";

    public static string Day(DateTimeOffset? at) => at is { } moment ? Local(moment).ToString("d MMM yyyy", English) : "not known";

    public static string Month(DateTimeOffset? at) => at is { } moment ? Local(moment).ToString("MMMM yyyy", English) : "Date not known";

    public static string Clock(DateTimeOffset at) => Local(at).ToString("HH:mm", English);

    /// <summary>A FHIR date or dateTime as a day, or as it stands.</summary>
    public static string Date(string? date) => DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        ? (date!.Length > 10 ? Local(at) : at).ToString("d MMM yyyy", English) : date ?? "not known";

    public static string Setting(string? setting) => setting switch
    {
        "acute" => "Acute",
        "mental-health" => "Mental health",
        "community" => "Community",
        _ => setting ?? "",
    };

    public static string Verification(string? status) => status switch
    {
        "01" => "verified",
        null => "",
        _ => "not verified",
    };

    public static string Reading(string reading) => reading switch
    {
        "calendar-days" => "National definition: 3 calendar days, not counting the day of discharge",
        "elapsed-hours" => "72 hours after discharge",
        _ => reading,
    };

    /// <summary>The last moment that is in time: a calendar day ends where the next begins.</summary>
    public static string DueBy(string reading, DateTimeOffset? due) =>
        due is not { } at ? "" : reading == "calendar-days" ? $"end of {Day(at.AddMinutes(-1))}" : Minute(at);

    public static string Outcome(string? outcome) => outcome switch
    {
        "not-due" => "Open",
        "at-risk" => "Due within a day",
        "breached-open" => "Overdue",
        "met" => "Met",
        "closed-late" => "Met late",
        "excluded" => "Excluded",
        "not-assessable" => "Cannot be assessed",
        null => "",
        _ => outcome,
    };

    /// <summary>The colour of a tag of the design system; the word beside it says the same.</summary>
    public static string Colour(string? outcome) => outcome switch
    {
        "not-due" or "requested" or "received" => "blue",
        "at-risk" => "yellow",
        "breached-open" or "rejected" => "red",
        "met" or "completed" or "accepted" => "green",
        "closed-late" => "orange",
        _ => "grey",
    };

    public static string Status(string status) => status switch
    {
        "requested" or "received" => "Waiting",
        "in-progress" => "In progress",
        _ => status.Length == 0 ? "" : char.ToUpperInvariant(status[0]) + status[1..].Replace('-', ' '),
    };

    public static string Kind(string kind) => kind switch
    {
        "pathway-follow-up" => "Follow-up",
        "referral" => "Referral",
        "referral-rejected" => "Referral sent back",
        "escalation" => "Escalation",
        _ => kind,
    };

    /// <summary>How long until, or since, in words.</summary>
    public static string Until(DateTimeOffset? due, DateTimeOffset now)
    {
        if (due is not { } at) return "";
        var span = (at - now).Duration();
        var length = span.TotalHours >= 48 ? $"{(int)span.TotalDays} days" : span.TotalHours >= 1 ? $"{(int)span.TotalHours} hours" : $"{(int)span.TotalMinutes} minutes";
        return at > now ? $"in {length}" : $"{length} ago";
    }

    public static string LinkedBy(string method) => method switch
    {
        "nhs-number" => "Verified NHS number and agreeing demographics",
        "own" => "First record of this person",
        "weight" => "Name, date of birth and other fields together",
        "source-merge" => "Merged by its source system",
        "steward" => "Decided by a steward",
        "held" => "In quarantine: may be two people",
        _ => method,
    };
}

using System.Globalization;

namespace Record.Web.Design;

/// <summary>The audit in the words of those who read it.</summary>
public static class AuditWords
{
    public static string Role(string role) => role switch
    {
        "acute-clinician" => "Clinician, acute",
        "mental-health-clinician" => "Clinician, mental health",
        "community-clinician" => "Clinician, community",
        "service-manager" => "Service manager",
        "privacy-officer" => "Privacy officer",
        "feed-manager" => "Feed manager",
        "system" => "System",
        "" => "Role not known",
        _ => role.Replace('-', ' '),
    };

    public static string Purpose(string purpose) => purpose switch
    {
        "TREAT" => "Direct care",
        "ETREAT" => "Emergency care",
        "BTG" => "Break-glass",
        "HOPERAT" => "Running the service",
        "HSYSADMIN" => "System administration",
        "" => "Not said",
        _ => purpose,
    };

    public static string What(string interaction) => interaction switch
    {
        "journey" => "Opened the person's page",
        "people-search" => "Found in a search for people",
        "search-type" or "search-system" => "Found in a search",
        "read" or "vread" => "Opened a record",
        "history-instance" or "history-type" or "history-system" => "Opened a history",
        "everything" => "Opened the whole record",
        "worklist" => "Saw it on a worklist",
        "match" => "Looked for a match",
        "create" => "Created",
        "update" or "patch" or "transaction" or "write" => "Changed",
        "delete" => "Deleted",
        "referral" => "Referred",
        "access-list" or "access-list-search" => "Opened this access list",
        "audit-search" => "Searched the audit",
        "break-glass" => "Opened the record by break-glass",
        "open-seal" => "Opened withheld items",
        _ => interaction,
    };

    public static string Outcome(bool succeeded, string outcome) => succeeded ? "Permitted" : outcome switch
    {
        "fhir.not-found" or "fhir.deleted" => "Nothing there",
        "http.401" => "Refused: not signed in",
        _ when outcome.Contains("forbidden", StringComparison.Ordinal) || outcome.StartsWith("access.", StringComparison.Ordinal) || outcome == "http.403" => "Refused",
        _ => "Failed",
    };

    public static string Rule(string rule) => rule switch
    {
        "own-record" => "Their own record",
        "same-address" => "Same address",
        "same-surname" => "Same surname",
        "colleague" => "A colleague",
        "strangers" => "Many people in a short time",
        _ => rule,
    };

    public static string Decision(string? decision) => decision switch
    {
        "justified" => "Justified",
        "not-justified" => "Not justified",
        _ => "To review",
    };

    public static string Second(DateTimeOffset at) => Words.Local(at).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.GetCultureInfo("en-GB"));
}

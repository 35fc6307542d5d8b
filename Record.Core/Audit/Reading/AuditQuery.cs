using System.Globalization;

namespace Record.Core.Audit.Reading;

/// <summary>What somebody looks for in the audit.</summary>
public sealed record AuditQuery
{
    /// <summary>Shown on a page unless asked otherwise.</summary>
    public const int Usual = 50;

    /// <summary>The most that a page shows.</summary>
    public const int Most = 500;

    /// <summary>Source patients, any of which was touched.</summary>
    public IReadOnlyList<string> Patients { get; init; } = [];

    /// <summary>The user.</summary>
    public string? Actor { get; init; }

    /// <summary>The role.</summary>
    public string? Role { get; init; }

    /// <summary>From then on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before then.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>C, R, U, D or E.</summary>
    public char? Action { get; init; }

    /// <summary>True: permitted; false: refused or failed.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>What was done.</summary>
    public string? Interaction { get; init; }

    /// <summary>Type of the resource touched.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Its id.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Network address.</summary>
    public string? Network { get; init; }

    /// <summary>One event: its row and place.</summary>
    public (long Row, int Place)? One { get; init; }

    /// <summary>People only, no programs.</summary>
    public bool PeopleOnly { get; init; }

    /// <summary>How many.</summary>
    public int Count { get; init; } = Usual;

    /// <summary>What came before this page ended there.</summary>
    public (long Row, int Place)? After { get; init; }

    /// <summary>Reads <c>row-place</c>.</summary>
    public static (long Row, int Place)? Place(string? text)
    {
        var parts = text?.Split('-') ?? [];
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var row) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? (row, place) : null;
    }
}

/// <summary>What can go wrong when the audit is read.</summary>
public static class AuditErrors
{
    /// <summary>Only privacy officers read it.</summary>
    public static RecordError Forbidden { get; } = new(ErrorKind.Forbidden, "audit.forbidden", "The audit is read by privacy officers.");

    /// <summary>None, or none that the reader's organisation has anything to do with.</summary>
    public static RecordError NotFound { get; } = new(ErrorKind.NotFound, "audit.not-found", "Your organisation has no such entry.");

    /// <summary>No data on that person.</summary>
    public static RecordError NoPerson { get; } = new(ErrorKind.NotFound, "audit.no-person", "Your organisation holds no data on such a person.");

    /// <summary>A parameter that is not understood.</summary>
    public static RecordError BadParameter(string name) => new(ErrorKind.Invalid, "audit.parameter", $"The audit cannot be searched by '{name}', or not with that value.") { Issue = "not-supported" };

    /// <summary>Why is missing.</summary>
    public static RecordError NoNote { get; } = new(ErrorKind.Unprocessable, "audit.no-note", "Say why, in a sentence.");

    /// <summary>Neither justified nor not.</summary>
    public static RecordError NoDecision { get; } = new(ErrorKind.Unprocessable, "audit.no-decision", "Choose whether the access was justified.");

    /// <summary>Somebody was faster.</summary>
    public static RecordError Decided { get; } = new(ErrorKind.Conflict, "audit.decided", "This has been decided already.");

    /// <summary>The employer decides.</summary>
    public static RecordError NotYours { get; } = new(ErrorKind.Forbidden, "audit.not-yours", "The privacy officer of the organisation whose staff it is decides.");
}

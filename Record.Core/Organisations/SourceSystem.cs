namespace Record.Core.Organisations;

/// <summary>A system that sends: a file of <c>config/sources</c>, not a class of its own.</summary>
public sealed class SourceSystem
{
    /// <summary>The id used everywhere, and what it sends as MSH-3 unless <see cref="SendingApplication"/> says otherwise.</summary>
    public string Code { get; init; } = "";

    /// <summary>The name that people see.</summary>
    public string Name { get; init; } = "";

    /// <summary>Id of the organisation that controls its data; what it sends as MSH-4 unless <see cref="SendingFacility"/> says otherwise.</summary>
    public string Organisation { get; init; } = "";

    /// <summary><c>acute</c>, <c>mental-health</c> or <c>community</c>.</summary>
    public string Setting { get; init; } = "";

    /// <summary><c>hl7v2</c>, <c>fhir</c> or <c>csv</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>System of the local identifiers it gives to patients.</summary>
    public string IdentifierSystem { get; init; } = "";

    /// <summary>Whether its people are invented; everything it sends is marked so, for good.</summary>
    public bool Simulated { get; init; }

    /// <summary>Whether it is one of the systems that the programme means to converge.</summary>
    public bool InProgramme { get; init; } = true;

    /// <summary>MSH-3 where it is not the code.</summary>
    public string? SendingApplication { get; init; }

    /// <summary>MSH-4 where it is not the organisation.</summary>
    public string? SendingFacility { get; init; }

    /// <summary>An <see cref="AssigningAuthority"/> that takes the first identifier of PID-3 that is no NHS number, whoever gave it.</summary>
    public const string AnyAuthority = "*";

    /// <summary>PID-3.4 of its local identifiers where it is not the code; <c>*</c> for any.</summary>
    public string? AssigningAuthority { get; init; }

    /// <summary>The NHS number status that means "verified" in this system.</summary>
    public string VerifiedNhsNumber { get; init; } = "01";

    /// <summary>The agreement under which it shares.</summary>
    public SharingAgreement? SharingAgreement { get; init; }

    /// <summary>Classes of its content that are sealed, whatever their labels say.</summary>
    public IList<SourceSensitivity> Sensitivity { get; init; } = [];

    /// <summary>What the columns of its files mean, where it sends CSV.</summary>
    public Feeds.Files.FileMapping? File { get; init; }

    /// <summary>What its locations mean.</summary>
    public IList<SourceLocation> Locations { get; init; } = [];

    /// <summary>What a location means that is not listed; without it such a message waits until somebody lists it.</summary>
    public string? DefaultKind { get; init; }

    /// <summary>Silence longer than this, at any hour, is raised as "we cannot see".</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The location a code means, or null if the configuration does not know it.</summary>
    public SourceLocation? Location(string code) =>
        Locations.FirstOrDefault(location => string.Equals(location.Code, code, StringComparison.OrdinalIgnoreCase))
        ?? (DefaultKind is null ? null : new SourceLocation { Code = code, Name = code, Kind = DefaultKind });
}

/// <summary>What one location code of a source system means.</summary>
public sealed class SourceLocation
{
    /// <summary>PV1-3.1, or the value of a FHIR location's identifier.</summary>
    public string Code { get; init; } = "";

    /// <summary>The name that people see.</summary>
    public string Name { get; init; } = "";

    /// <summary>One of <see cref="PlaceKinds.All"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The team responsible there, and after discharge from there.</summary>
    public string? Team { get; init; }
}

/// <summary>Under which agreement, and from when, a source shares.</summary>
public sealed class SharingAgreement
{
    /// <summary>The agreement's own reference.</summary>
    public string Reference { get; init; } = "";

    /// <summary>First day.</summary>
    public string? From { get; init; }

    /// <summary>Last day, if it ends.</summary>
    public string? To { get; init; }

    /// <summary>Whether it is in force on a day.</summary>
    public bool IsInForce(DateOnly day) => Reference.Length > 0 && Day(From) is { } from && from <= day && (To is null || Day(To) is { } to && day <= to);

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) ? day : null;
}

/// <summary>A content class of a source that is sealed.</summary>
public sealed class SourceSensitivity
{
    /// <summary>Content class of <c>config/access/policy.yaml</c>.</summary>
    public string Class { get; init; } = "";

    /// <summary>The seal it is under.</summary>
    public string Seal { get; init; } = "";
}

/// <summary>What a place can be: the words that pathway rules use.</summary>
public static class PlaceKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>
    {
        "emergency-department", "general-acute-bed", "mental-health-acute-bed", "mental-health-other-bed",
        "community-bed", "clinic", "mental-health-team", "community-team",
    };
}

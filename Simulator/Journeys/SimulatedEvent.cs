using Simulator.People;

namespace Simulator.Journeys;

/// <summary>Something that a source system tells of.</summary>
/// <param name="At">When it happened; also when it is told.</param>
/// <param name="Person">Of whom.</param>
/// <param name="Source">Which system tells.</param>
/// <param name="Trigger">HL7 trigger event; FHIR sources tell the same in a bundle.</param>
public sealed record SimulatedEvent(DateTimeOffset At, Person Person, SourceFile Source, string Trigger)
{
    /// <summary>Number of the visit within the person's life.</summary>
    public int Visit { get; init; }

    /// <summary>I inpatient, E emergency, O outpatient, C contact.</summary>
    public char Class { get; init; }

    public LocationFile? Location { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public string? Reason { get; init; }

    public string? Destination { get; init; }

    public string? Attendance { get; init; }

    public string? Mechanism { get; init; }

    /// <summary>For a merge: the local id that ceases.</summary>
    public string? Merged { get; init; }

    /// <summary>A second registration of the same person, until it is merged.</summary>
    public string? OtherLocalId { get; init; }
}

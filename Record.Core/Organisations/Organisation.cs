namespace Record.Core.Organisations;

/// <summary>A trust, a board or a team: a row of <c>config/organisations.yaml</c>, written as a FHIR Organization.</summary>
public sealed class Organisation
{
    /// <summary>Logical id: the ODS code of a trust, our own of a team.</summary>
    public string Id { get; init; } = "";

    /// <summary>ODS code, where it has one.</summary>
    public string? OdsCode { get; init; }

    /// <summary>The name that people see.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>trust</c>, <c>icb</c>, <c>team</c>, <c>supplier</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Id of the organisation above it.</summary>
    public string? PartOf { get; init; }

    /// <summary><c>acute</c>, <c>mental-health</c> or <c>community</c>, where it has one.</summary>
    public string? Sector { get; init; }

    /// <summary>Whether it is part of the convergence programme.</summary>
    public bool InProgramme { get; init; }

    /// <summary>Whether it runs this service for the others: its feed managers see every feed.</summary>
    public bool HostsService { get; init; }

    /// <summary>Number that a colleague calls.</summary>
    public string? Phone { get; init; }
}

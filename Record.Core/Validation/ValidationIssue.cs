namespace Record.Core.Validation;

/// <summary>How grave a fault is. https://hl7.org/fhir/R4/valueset-issue-severity.html</summary>
public enum IssueSeverity
{
    /// <summary>The rest could not be looked at.</summary>
    Fatal,

    /// <summary>A rule is broken; the resource is refused.</summary>
    Error,

    /// <summary>Allowed, but not good practice.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Information,
}

/// <summary>One thing found in a resource. Never holds a value of the resource.</summary>
/// <param name="Severity">How grave it is.</param>
/// <param name="Code">FHIR issue-type: <c>structure</c>, <c>required</c>, <c>value</c>, <c>code-invalid</c>, <c>invariant</c> …</param>
/// <param name="Expression">FHIRPath of the place: <c>Observation.component[1].valueQuantity.value</c>.</param>
/// <param name="Diagnostics">One sentence for a person.</param>
public sealed record ValidationIssue(IssueSeverity Severity, string Code, string Expression, string Diagnostics)
{
    /// <summary>The severity as FHIR writes it.</summary>
    public string SeverityCode => Severity.ToString().ToLowerInvariant();
}

using Record.Core.Validation;

namespace Record.Core;

/// <summary>The closed list of ways in which something expected goes wrong; one file per host turns it into a status.</summary>
public enum ErrorKind
{
    /// <summary>The request cannot be understood (400).</summary>
    Invalid,

    /// <summary>Understood, but breaks a rule of the content (422).</summary>
    Unprocessable,

    /// <summary>There is no such thing, or none that this caller may know of (404).</summary>
    NotFound,

    /// <summary>It was there and has been deleted (410).</summary>
    Gone,

    /// <summary>It contradicts the present state (409).</summary>
    Conflict,

    /// <summary>The version named is not the current one (412).</summary>
    PreconditionFailed,

    /// <summary>Signed in, but not allowed (403).</summary>
    Forbidden,

    /// <summary>Larger than this server takes (413).</summary>
    TooLarge,

    /// <summary>Known to the standard, not offered here (501 or, in a search, 400).</summary>
    NotSupported,

    /// <summary>No answer can be given in the format asked for (406).</summary>
    NotAcceptable,

    /// <summary>The body has a format that is not read here (415).</summary>
    UnsupportedMedia,

    /// <summary>Another service that is needed does not answer (503).</summary>
    Unavailable,
}

/// <summary>An expected failure: its kind, a stable code, and a sentence for a person. Never holds patient data.</summary>
/// <param name="Kind">What sort of failure.</param>
/// <param name="Code">Stable, lower case, dotted: <c>referral.already-accepted</c>.</param>
/// <param name="Detail">One sentence that says what to do.</param>
public sealed record RecordError(ErrorKind Kind, string Code, string Detail)
{
    /// <summary>The faults one by one, where there are several or their places are known.</summary>
    public IReadOnlyList<ValidationIssue> Issues { get; init; } = [];

    /// <summary>FHIRPath of the place in what was sent, where it is known.</summary>
    public string? Expression { get; init; }

    /// <summary>FHIR issue-type, where the kind does not say enough: <c>multiple-matches</c>, <c>too-costly</c> …</summary>
    public string? Issue { get; init; }
}

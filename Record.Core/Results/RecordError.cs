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
}

/// <summary>An expected failure: its kind, a stable code, and a sentence for a person. Never holds patient data.</summary>
/// <param name="Kind">What sort of failure.</param>
/// <param name="Code">Stable, lower case, dotted: <c>referral.already-accepted</c>.</param>
/// <param name="Detail">One sentence that says what to do.</param>
public sealed record RecordError(ErrorKind Kind, string Code, string Detail);

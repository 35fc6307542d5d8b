namespace Record.Core.ChangeLog;

/// <summary>One row of the change log: something was written.</summary>
/// <param name="Seq">Order within a window.</param>
/// <param name="Type">Resource type; <c>Link</c> where a link or unlink moved a source patient between persons.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version written.</param>
/// <param name="Patient">Source Patient of the resource, if any.</param>
/// <param name="Person">Person of that patient; only in the person stream.</param>
/// <param name="Cause">What wrote it: <c>api</c>, <c>feed:basildon-pas</c>, <c>pathways</c> … A consumer skips its own.</param>
/// <param name="At">When it was written.</param>
public sealed record Change(
    long Seq, string Type, string Id, int Version, string? Patient, Guid? Person, string Cause, DateTimeOffset At);

/// <summary>Which log a consumer reads.</summary>
public enum ChangesBy
{
    /// <summary>Every change, by source patient: identity only.</summary>
    SourcePatient,

    /// <summary>Changes about patients, by person: everything that belongs to a person.</summary>
    Person,
}

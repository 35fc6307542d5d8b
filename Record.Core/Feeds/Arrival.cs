namespace Record.Core.Feeds;

/// <summary>A message at the door: what was received, who sent it, and what it is about.</summary>
/// <param name="Source">Code of the source system; <c>unknown</c> where the sender is not configured.</param>
/// <param name="ControlId">MSH-10 or Bundle.identifier.value.</param>
/// <param name="Trigger">HL7 v2 trigger event (<c>A01</c>), or <c>bundle</c>.</param>
/// <param name="ReceivedAt">When its last byte came.</param>
/// <param name="Body">As received, verbatim.</param>
public sealed record Arrival(string Source, string ControlId, string Trigger, DateTimeOffset ReceivedAt, ReadOnlyMemory<byte> Body)
{
    /// <summary>When what it tells of happened.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Local id of the patient in the source system.</summary>
    public string? PatientKey { get; init; }

    /// <summary>Local id of the visit, contact or spell.</summary>
    public string? VisitKey { get; init; }

    /// <summary>Local id of a patient that it merges into <see cref="PatientKey"/>.</summary>
    public string? MergedKey { get; init; }

    /// <summary>Digest of what it says of the patient.</summary>
    public byte[]? Demographics { get; init; }

    /// <summary>Why it is refused; null if it is taken.</summary>
    public string? Refusal { get; init; }
}

/// <summary>What became of an arrival. Durable when it is given.</summary>
/// <param name="Reason">Why it was refused; null if it was taken.</param>
/// <param name="Duplicate">Whether the same bytes had come before; the answer is the same then.</param>
/// <param name="Conflict">Whether the control id had been used for other bytes.</param>
public sealed record Receipt(string? Reason, bool Duplicate, bool Conflict);

/// <summary>A stored message that mapping reads.</summary>
/// <param name="Id">Order of arrival.</param>
/// <param name="Source">Code of the source system.</param>
/// <param name="Trigger">Trigger event, or <c>bundle</c>.</param>
/// <param name="EventTime">When it happened.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="PatientKey">Local id of the patient.</param>
/// <param name="VisitKey">Local id of the visit.</param>
/// <param name="MergedKey">Local id of a merged patient.</param>
/// <param name="Body">As received, or as last mended.</param>
public sealed record StoredMessage(
    long Id, string Source, string Trigger, DateTimeOffset EventTime, DateTimeOffset ReceivedAt, string PatientKey, string? VisitKey, string? MergedKey, byte[] Body)
{
    /// <summary>Trigger of a FHIR Bundle.</summary>
    public const string Bundle = "bundle";

    /// <summary>Trigger of a row of a file.</summary>
    public const string Row = "row";

    /// <summary>The Bundle that it is, or that its source's configuration makes of a row.</summary>
    internal byte[] Json(Organisations.SourceSystem source) => Trigger == Row ? Files.FileRow.ToBundle(source, Body) : Body;
}

namespace Record.Core.Feeds.Bars;

/// <summary>What can go wrong with a BaRS message; the code is that of <c>https://fhir.nhs.uk/CodeSystem/http-error-codes</c>.</summary>
public static class BarsErrors
{
    /// <summary>The request id has been used: nothing happens a second time.</summary>
    public static RecordError Duplicate { get; } = new(ErrorKind.Conflict, "REC_CONFLICT", "This X-Request-ID has been processed already; nothing was done again.");

    /// <summary>Headers that are missing or are no UUIDs.</summary>
    public static RecordError Headers { get; } = new(ErrorKind.Invalid, "REC_BAD_REQUEST", "X-Request-ID and X-Correlation-ID must each hold a UUID.");

    /// <summary>Only systems send referrals this way.</summary>
    public static RecordError Forbidden { get; } = new(ErrorKind.Forbidden, "REC_FORBIDDEN", "Only registered systems process messages.");

    /// <summary>A body that is not a BaRS message.</summary>
    public static RecordError Bad(string what) => new(ErrorKind.Invalid, "REC_BAD_REQUEST", what);

    /// <summary>A message that is understood but not taken.</summary>
    public static RecordError Unprocessable(string what) => new(ErrorKind.Unprocessable, "REC_UNPROCESSABLE_ENTITY", what);
}

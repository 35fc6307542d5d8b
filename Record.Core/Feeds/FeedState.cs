namespace Record.Core.Feeds;

/// <summary>How a source system's feed stands, measured from what arrived.</summary>
public sealed record FeedState(
    string Source, string Name, string Organisation, string Setting, string Protocol, bool Simulated, bool InProgramme,
    long Received, long Mapped, long Waiting, long Refused, long Backlog,
    DateTimeOffset? FirstReceivedAt, DateTimeOffset? LastReceivedAt, DateTimeOffset? LastEventAt, double? LagSeconds)
{
    /// <summary>Name of the controller.</summary>
    public string OrganisationName { get; init; } = "";

    /// <summary>The last control id of each lane the sender counts.</summary>
    public IReadOnlyDictionary<string, string> LastControlIds { get; init; } = new Dictionary<string, string>();

    /// <summary>Set where nothing has come although something should have: we cannot see. Not the same as: nothing happens.</summary>
    public FeedSilence? Silence { get; init; }

    /// <summary>Over one hour, 24 hours and 30 days; only of one feed.</summary>
    public IReadOnlyList<FeedWindow> Windows { get; init; } = [];
}

/// <summary>A feed that has fallen silent.</summary>
/// <param name="Since">Its last message; null if it never sent one.</param>
/// <param name="Expected">How many messages came at these hours in the weeks before; null where no week before is known and the configured limit speaks.</param>
public sealed record FeedSilence(DateTimeOffset? Since, double? Expected);

/// <summary>What came in a span of time.</summary>
/// <param name="Name"><c>1h</c>, <c>24h</c>, <c>30d</c>.</param>
/// <param name="Received">All messages.</param>
/// <param name="Mapped">Of these.</param>
/// <param name="Waiting">Of these.</param>
/// <param name="Refused">Of these.</param>
/// <param name="AcknowledgedP50">Milliseconds from the last byte to the acknowledgement, median.</param>
/// <param name="AcknowledgedP95">The same, 95th percentile.</param>
/// <param name="AcknowledgedP99">The same, 99th percentile.</param>
/// <param name="MappedP95">Seconds from the last byte to the record, 95th percentile.</param>
public sealed record FeedWindow(
    string Name, long Received, long Mapped, long Waiting, long Refused, double? AcknowledgedP50, double? AcknowledgedP95, double? AcknowledgedP99, double? MappedP95);

/// <summary>A message as a list shows it: what is wrong, never what it says of a patient.</summary>
public sealed record MessageRow(long Id, string ControlId, string Trigger, string State, string? Reason, DateTimeOffset ReceivedAt, DateTimeOffset? EventTime);

/// <summary>A message with its content, for those who mend it.</summary>
/// <param name="Row">As a list shows it.</param>
/// <param name="Place">Where the fault is: <c>PV1-3</c>; null if there is none.</param>
/// <param name="Text">What will be mapped: the bytes as received or as last mended, one segment a line.</param>
/// <param name="Received">The bytes as received, if they were mended.</param>
/// <param name="Mends">Who mended it and when, first to last.</param>
public sealed record MessageDetail(MessageRow Row, string? Place, string Text, string? Received, IReadOnlyList<MessageMend> Mends);

/// <summary>One mend.</summary>
public sealed record MessageMend(int Version, string By, DateTimeOffset At);

namespace Record.Core.Feeds;

/// <summary>What can go wrong with a feed. Sentences never hold patient data.</summary>
public static class FeedErrors
{
    /// <summary>A control id that was used for another message.</summary>
    public static RecordError OtherBytes { get; } =
        new(ErrorKind.Conflict, "feed.other-bytes", "This control id was used before for a message with other content.");

    /// <summary>No such source system.</summary>
    public static RecordError UnknownSource { get; } = new(ErrorKind.NotFound, "feed.unknown-source", "There is no source system with this code.");

    /// <summary>A source that sends HL7 v2 does not post bundles.</summary>
    public static RecordError WrongProtocol { get; } = new(ErrorKind.Conflict, "feed.wrong-protocol", "This source system is configured to send HL7 v2 over MLLP.");

    /// <summary>The role may not.</summary>
    public static RecordError Forbidden { get; } = new(ErrorKind.Forbidden, "feed.forbidden", "Your role does not open feeds.");

    /// <summary>No such message, or it does not wait.</summary>
    public static RecordError NotWaiting { get; } = new(ErrorKind.NotFound, "feed.not-waiting", "There is no such message that waits to be mended.");

    /// <summary>No such message.</summary>
    public static RecordError NoMessage { get; } = new(ErrorKind.NotFound, "feed.no-message", "There is no such message.");

    /// <summary>A refused message that its sender has sent again meanwhile.</summary>
    public static RecordError SentAgain { get; } = new(ErrorKind.Conflict, "feed.sent-again", "The sender has sent this message again meanwhile, and it was taken.");

    /// <summary>A message of a sender that is still not configured, or that was sent again and taken.</summary>
    public static RecordError StillUnknown { get; } = new(ErrorKind.Conflict, "feed.still-unknown", "The sender of this message is still not a configured source system of yours, or it has sent the message again meanwhile.");

    /// <summary>Mended content that would not be taken.</summary>
    public static RecordError StillWrong(string reason) => new(ErrorKind.Unprocessable, "feed.still-wrong", $"The mended message cannot be taken. {reason}");

    /// <summary>The source does not send files.</summary>
    public static RecordError NoFiles { get; } = new(ErrorKind.Conflict, "feed.no-files", "This source system is not configured to send files.");

    /// <summary>A file that cannot be read at all.</summary>
    public static RecordError BadFile(string what) => new(ErrorKind.Unprocessable, "feed.file", what);

    /// <summary>A bundle that cannot be read.</summary>
    public static RecordError BadBundle(string what) => new(ErrorKind.Invalid, "feed.bundle", what);
}

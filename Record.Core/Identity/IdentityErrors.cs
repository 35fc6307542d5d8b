namespace Record.Core.Identity;

/// <summary>What can go wrong with linkage.</summary>
public static class IdentityErrors
{
    /// <summary>Neither a steward nor allowed to read patients.</summary>
    public static RecordError Forbidden { get; } = new(ErrorKind.Forbidden, "identity.forbidden", "Your role does not review identities.");

    /// <summary>No such question, or none of this steward's organisation.</summary>
    public static RecordError NotFound { get; } = new(ErrorKind.NotFound, "identity.not-found", "There is no such question in your queue.");

    /// <summary>Somebody was faster.</summary>
    public static RecordError AlreadyDecided { get; } = new(ErrorKind.Conflict, "identity.already-decided", "This question is not open any more.");

    /// <summary>Every decision says why.</summary>
    public static RecordError NoReason { get; } = new(ErrorKind.Unprocessable, "identity.no-reason", "Say why, in 3 to 1,000 characters.");

    /// <summary>The links have moved on since.</summary>
    public static RecordError MovedOn { get; } = new(ErrorKind.Conflict, "identity.moved-on", "The records have been linked differently since. Look at them again.");

    /// <summary>One of them is in quarantine.</summary>
    public static RecordError Held { get; } = new(ErrorKind.Conflict, "identity.held", "One of these records may be two people. Decide that first.");

    /// <summary>Another decision says otherwise.</summary>
    public static RecordError KeptApart { get; } = new(ErrorKind.Conflict, "identity.kept-apart", "An earlier decision keeps records of these two people apart. Undo that first.");

    /// <summary>It has been undone, or cannot be.</summary>
    public static RecordError NothingToUndo { get; } = new(ErrorKind.Conflict, "identity.nothing-to-undo", "This decision has been undone already, or cannot be.");

    /// <summary>Nobody to part from.</summary>
    public static RecordError Alone { get; } = new(ErrorKind.Conflict, "identity.alone", "This record is not linked to another.");

    /// <summary>A run that links everybody is open.</summary>
    public static RecordError AllAreBeingLinked { get; } = new(ErrorKind.Conflict, "identity.all-are-being-linked", "All records are being linked just now. Try again when that is done.");

    /// <summary>Not a valid NHS number, or replaced by itself.</summary>
    public static RecordError NoNumber { get; } = new(ErrorKind.Unprocessable, "identity.no-number", "Give a valid NHS number, and if another one stands for it, a different valid one.");

    /// <summary>A number would follow itself.</summary>
    public static RecordError NumbersInACircle { get; } = new(ErrorKind.Conflict, "identity.numbers-in-a-circle", "The number that is to stand for it is itself replaced by it.");

    /// <summary>No such version.</summary>
    public static RecordError NoSuchWeights { get; } = new(ErrorKind.NotFound, "identity.no-such-weights", "There are no weights of this version.");

    /// <summary>Too few records to learn from.</summary>
    public static RecordError TooFew { get; } = new(ErrorKind.Conflict, "identity.too-few", "Weights are estimated from 2,000 records or more.");

    /// <summary>A match is asked for a Patient.</summary>
    public static RecordError NoPatient { get; } = new(ErrorKind.Invalid, "identity.no-patient", "Send Parameters with a parameter 'resource' that holds a Patient.");

    /// <summary>Not enough to match by.</summary>
    public static RecordError TooLittle { get; } = new(ErrorKind.Unprocessable, "identity.too-little", "Give at least a name with a date of birth, an NHS number, or a name with a postcode, telephone number or e-mail address.");

    /// <summary>The count is not one.</summary>
    public static RecordError BadCount { get; } = new(ErrorKind.Invalid, "identity.count", "The count must be a whole number from 1 to 100.");
}

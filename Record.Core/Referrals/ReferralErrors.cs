namespace Record.Core.Referrals;

/// <summary>What can go wrong with a referral.</summary>
public static class ReferralErrors
{
    /// <summary>It has been taken on.</summary>
    public static RecordError AlreadyAccepted { get; } = new(ErrorKind.Conflict, "referral.already-accepted", "This referral has already been accepted.");

    /// <summary>It has been sent back.</summary>
    public static RecordError AlreadyRejected { get; } = new(ErrorKind.Conflict, "referral.already-rejected", "This referral has already been rejected.");

    /// <summary>The task is about something else.</summary>
    public static RecordError NotAReferral { get; } = new(ErrorKind.NotFound, "referral.not-found", "There is no such referral.");

    /// <summary>A rejection says why.</summary>
    public static RecordError ReasonMissing { get; } = new(ErrorKind.Unprocessable, "referral.reason-missing", "Say why the referral is rejected: the sender reads it.");

    /// <summary>The receiver is not known.</summary>
    public static RecordError UnknownReceiver { get; } = new(ErrorKind.Unprocessable, "referral.unknown-receiver", "Choose the team that the referral goes to.");

    /// <summary>A referral says why.</summary>
    public static RecordError WhyMissing { get; } = new(ErrorKind.Unprocessable, "referral.why-missing", "Say why the person is referred.");

    /// <summary>Not a priority of FHIR.</summary>
    public static RecordError UnknownPriority { get; } = new(ErrorKind.Unprocessable, "referral.unknown-priority", "The priority is routine, urgent, asap or stat.");
}

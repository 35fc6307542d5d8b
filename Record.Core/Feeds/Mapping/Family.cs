using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>A stored message with what it says.</summary>
internal sealed record Reading(StoredMessage Stored, V2Message Message, SourceSystem Source)
{
    public long Id => Stored.Id;

    public string Trigger => Stored.Trigger;

    public string Type => Message.Header.Field(9).Component(1).Text;

    public DateTimeOffset ReceivedAt => Stored.ReceivedAt;
}

/// <summary>What messages about one thing amount to: the resources, and which messages cannot be taken and why.</summary>
internal sealed record Folded(IReadOnlyList<(string Type, string Id, JsonObject Json)> Resources, IReadOnlyList<(long Id, string Reason)> Faults)
{
    public static Folded Nothing { get; } = new([], []);
}

/// <summary>
/// A family of messages: what they are about besides patient and visit, and the fold of all that was said about one of these
/// by (event time, arrival). One file per family; <see cref="Families"/> lists them.
/// </summary>
/// <param name="Kind">What a key of this family names: <c>order</c>, <c>report</c>, <c>document</c> …</param>
/// <param name="Title">For people.</param>
/// <param name="Keys">The keys that a message is about; none if the message is not of this family.</param>
/// <param name="Fold">What the messages about a key amount to, in order of (event time, arrival).</param>
/// <param name="Fields">What fields become.</param>
internal sealed record Family(
    string Kind, string Title, Func<Reading, IEnumerable<string>> Keys,
    Func<SourceSystem, CareSystem, string, IReadOnlyList<Reading>, Folded> Fold, IReadOnlyList<IEnumerable<FieldNote>> Fields);

/// <summary>All families whose keys are not simply the patient or the visit.</summary>
internal static class Families
{
    public static IReadOnlyList<Family> All { get; } =
        [Orders.Family, Reports.Family, Specimens.Family, Documents.Family, Appointments.Family, ReferralMessages.Family, Allergies.Family, Diagnoses.Family];
}

using System.Diagnostics;
using Record.Core.ChangeLog;
using Record.Core.Feeds;
using Record.Core.Feeds.V2;

namespace Record.Worker.Feeds;

/// <summary>Takes each message of a connection: judged, stored, acknowledged as the sender asks, and later told what became of it.</summary>
public sealed class MessageDesk(V2Door door, Inbox inbox, Outcomes outcomes, GiveWay giveWay, TimeProvider clock)
{
    internal async Task<MllpAnswer> Answer(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var judgement = door.Judge(message, clock.GetUtcNow());
        var receipt = await inbox.Receive(judgement.Arrival, cancellation);
        giveWay.Answered(Stopwatch.GetElapsedTime(began));
        var accept = V2Acknowledgement.Of(judgement, receipt, clock.GetUtcNow());
        if (!V2Acknowledgement.WantsOutcome(judgement, receipt)) return new(accept);
        var wish = V2Acknowledgement.WishOf(judgement); // small: the message itself is not kept
        return new(accept, async waiting => await outcomes.Of(wish.Source, wish.ControlId, waiting) is { } outcome ? V2Acknowledgement.OfOutcome(wish, outcome, clock.GetUtcNow()) : null);
    }
}

using System.Text.Json;
using Npgsql;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// Maps stored messages to FHIR: what a batch is about is held, the messages about it folded, and what comes out is written
/// together with the messages' state. Any number of workers share; folding makes the order of arrival irrelevant.
/// </summary>
public sealed class MapMessages(ResourceStore store, CareSystem system, TimeProvider clock)
{
    /// <summary>Maps up to so many messages in one transaction.</summary>
    /// <returns>How many it took; 0: none waited.</returns>
    public async Task<int> Step(int count, CancellationToken cancellation)
    {
        var claimed = new List<StoredMessage>();
        try
        {
            return await Batch(count, claimed, cancellation);
        }
        catch (Exception problem) when (IsOfContent(problem) && claimed.Count > 0)
        {
            if (claimed.Count == 1) await SetAside(claimed[0], problem, cancellation);
            else for (var i = 0; i < claimed.Count; i++) await Step(1, cancellation); // finds the one that it was
            return claimed.Count;
        }
    }

    // What the content of one message can cause; anything else is the database's or ours, and is tried again.
    private static bool IsOfContent(Exception problem) => problem is MappingRefusedException or JsonException or InvalidOperationException
        or FormatException or ArgumentException or PostgresException { SqlState: ['2', '2', ..] };

    private async Task<int> Batch(int count, List<StoredMessage> claimed, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("record-worker/feeds"), "feed", cancellation);
        var batch = await MessageStore.Claim(transaction, count, cancellation);
        if (batch.Count == 0) return 0;
        claimed.AddRange(batch);
        var mapping = new MappingBatch(transaction, system, batch);
        await mapping.Run(cancellation);
        await MessageStore.Mark(transaction, mapping.Marks, clock.GetUtcNow(), cancellation);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out var error) ? batch.Count : throw new MappingRefusedException(error);
    }

    private async Task SetAside(StoredMessage message, Exception problem, CancellationToken cancellation)
    {
        var reason = problem is MappingRefusedException refused ? $"{refused.Error.Code}: {refused.Error.Detail}" : $"its content could not be mapped ({problem.GetType().Name})";
        await using var transaction = await store.Begin(Access.OfService("record-worker/feeds"), "feed", cancellation);
        await MessageStore.Mark(transaction, [(message.Id, "waiting", reason)], clock.GetUtcNow(), cancellation);
        await transaction.Commit(cancellation);
    }
}

/// <summary>The store refused a batch; nothing was written and it is tried again, then one by one.</summary>
public sealed class MappingRefusedException(RecordError error) : Exception($"The writes of a batch were refused: {error.Code}")
{
    /// <summary>Why.</summary>
    public RecordError Error { get; } = error;
}

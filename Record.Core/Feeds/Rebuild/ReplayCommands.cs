using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Identity.Stewards;

namespace Record.Core.Feeds.Rebuild;

/// <summary>
/// Carries out commands again: writes as they were made; decisions of identity by the same acts that made them, at the time they were
/// made, under the ids that questions have in the record that is built.
/// </summary>
public sealed class ReplayCommands(ResourceStore store, AuditLog audit, CurrentRules rules)
{
    private readonly Dictionary<string, Guid> decisions = [];

    /// <summary>Carries one out.</summary>
    /// <returns>Why it cannot be carried out again; null if it was.</returns>
    public async Task<RecordError?> Again(Command command, CancellationToken cancellation) => command.Kind switch
    {
        "write" or "delete" => await Write(command, cancellation),
        "quarantine" => await Quarantine(command, cancellation),
        "weights" => await Weigh(command, cancellation),
        _ => await Decide(command, cancellation),
    };

    private async Task<RecordError?> Write(Command command, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("rebuild"), command.Cause, cancellation);
        if (command.Body is { } body) transaction.Put(command.Type, command.Id, body);
        else transaction.Delete(command.Type, command.Id);
        return (await transaction.Commit(cancellation)).TryGet(out _, out var error) ? null : error;
    }

    private async Task<RecordError?> Decide(Command command, CancellationToken cancellation)
    {
        var steward = new Access(command.Said("by"), command.Said("organisation").Length > 0 ? Roles.FeedManager : Roles.System, command.Said("organisation"), "TREAT", "rebuild", Guid.CreateVersion7());
        var acts = new Stewardship(store, audit, rules, new At(command.At));
        var reason = command.Said("reason");
        var made = command.Kind switch
        {
            "link" => await acts.Link(steward, await Question(command, cancellation), reason, cancellation),
            "keep-apart" => await acts.KeepApart(steward, await Question(command, cancellation), reason, cancellation),
            "unlink" => await acts.Unlink(steward, command.Id, reason, cancellation),
            "number-invalidated" or "number-superseded" or "weights-activated" => await acts.Carry(Access.OfService("rebuild"), Deciding(command), cancellation),
            "undo" => await acts.Undo(steward, decisions.GetValueOrDefault(command.Said("undoes")), reason, cancellation),
            _ => await acts.EndQuarantine(steward, await Held(command, cancellation), command.Kind == "one-person", reason, cancellation),
        };
        if (!made.TryGet(out var decision, out var error)) return error;
        decisions[command.Said("id")] = decision;
        return null;
    }

    private static Deciding Deciding(Command command) => new(
        Guid.Parse(command.Said("id")), command.At, command.Kind, command.Id, command.Said("second") is { Length: > 0 } second ? second : null, null, command.Said("by"), command.Said("organisation"), command.Said("reason"));

    // The question between the two. Where it was not asked again, because what led to it came all at once, it is asked now.
    private async Task<Guid> Question(Command command, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("rebuild"), LinkPatients.Name, cancellation);
        if (await ReplayStore.Question(transaction, command.Id, command.Said("second"), cancellation) is { } asked) return asked;
        await LinkReviewStore.Raise(transaction, command.Id, command.Said("second"), command.Number("weight"), command.Said("why"), (int)command.Number("weights"), command.At, cancellation);
        var raised = await ReplayStore.Question(transaction, command.Id, command.Said("second"), cancellation);
        await transaction.Commit(cancellation);
        return raised ?? Guid.Empty;
    }

    private async Task<Guid> Held(Command command, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("rebuild"), LinkPatients.Name, cancellation);
        return await ReplayStore.Overlay(transaction, command.Id, cancellation) ?? Guid.Empty;
    }

    // Held already where the record was seen in both its states again.
    private async Task<RecordError?> Quarantine(Command command, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("record-worker/identity"), LinkPatients.Name, cancellation);
        if (await ReplayStore.Overlay(transaction, command.Id, cancellation) is not null) return null;
        if ((await LinkStore.Current(transaction, [command.Id], cancellation)).GetValueOrDefault(command.Id) is not { } link) return IdentityErrors.NotFound;
        var linking = new Linking(transaction, await rules.In(transaction, cancellation), command.At);
        await linking.Lock(cancellation);
        await MatchStore.Hold(transaction, command.Id, true, cancellation);
        await LinkReviewStore.RaiseOverlay(transaction, command.Id, (int)command.Number("before"), (int)command.Number("after"), link.Person, command.At, cancellation);
        await LinkReviewStore.WithdrawOthers(transaction, command.Id, [], command.At, cancellation);
        await linking.Leave(command.Id, link.Person, Guid.CreateVersion7(), "held", cancellation);
        await LinkPatients.PutPersons(transaction, [.. linking.Moved], cancellation);
        return (await transaction.Commit(cancellation)).TryGet(out _, out var error) ? null : error;
    }

    private async Task<RecordError?> Weigh(Command command, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(new(command.Said("by"), Roles.System, "", "TREAT", "rebuild", Guid.CreateVersion7()), LinkPatients.Name, cancellation);
        var weights = WeightStore.Of(System.Text.Json.Nodes.JsonNode.Parse(command.Details.GetProperty("weights").GetRawText())!.AsObject(), int.Parse(command.Id, System.Globalization.CultureInfo.InvariantCulture));
        await WeightStore.Save(transaction, weights, (long)command.Number("records"), command.At, cancellation);
        return (await transaction.Commit(cancellation)).TryGet(out _, out var error) ? null : error;
    }

    private sealed class At(DateTimeOffset then) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => then;
    }
}

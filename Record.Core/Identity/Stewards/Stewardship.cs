using System.Globalization;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Identity.Bulk;
using Record.Core.Patients;

namespace Record.Core.Identity.Stewards;

/// <summary>
/// What stewards decide: link, keep apart, unlink, quarantine ended one way or the other, numbers withdrawn, weights put into use, and undo.
/// A decision is remembered: what is kept apart is not asked again, what is linked is not parted by a rule.
/// </summary>
public sealed class Stewardship(ResourceStore store, AuditLog audit, CurrentRules rules, TimeProvider clock)
{
    /// <summary>Both records of a question are one person.</summary>
    public Task<Result<Guid>> Link(Access access, Guid review, string? reason, CancellationToken cancellation) => OnQuestion(access, "link", review, reason, cancellation);

    /// <summary>The records of a question are two people.</summary>
    public Task<Result<Guid>> KeepApart(Access access, Guid review, string? reason, CancellationToken cancellation) => OnQuestion(access, "keep-apart", review, reason, cancellation);

    /// <summary>A source patient is not the person that it is linked to.</summary>
    public Task<Result<Guid>> Unlink(Access access, string patient, string? reason, CancellationToken cancellation) => Decide(access, "unlink", reason, async (transaction, decision) =>
    {
        if ((await LinkStore.Current(transaction, [patient], cancellation)).GetValueOrDefault(patient) is not { } link) return IdentityErrors.NotFound;
        var members = await MatchStore.Members(transaction, [link.Person], cancellation);
        if (access.StewardOf() is { } mine && !members.Any(member => member.About.Organisation is null || member.About.Organisation == mine)) return IdentityErrors.NotFound;
        return decision with { First = patient };
    }, cancellation);

    /// <summary>Ends a quarantine: the record was mended and is one person, or it is another person now and finds its own.</summary>
    public Task<Result<Guid>> EndQuarantine(Access access, Guid overlay, bool onePerson, string? reason, CancellationToken cancellation) => Decide(access, onePerson ? "one-person" : "two-people", reason, async (transaction, decision) =>
    {
        if (await StewardStore.Overlay(transaction, access.StewardOf(), overlay, cancellation) is not { } found) return IdentityErrors.NotFound;
        return found.State == "open" ? decision with { First = found.Patient } : IdentityErrors.AlreadyDecided;
    }, cancellation);

    /// <summary>Withdraws an NHS number: it stands for nobody, or another number stands for it.</summary>
    public Task<Result<Guid>> WithdrawNumber(Access access, string? number, string? replacedBy, string? reason, CancellationToken cancellation)
    {
        var superseded = !string.IsNullOrWhiteSpace(replacedBy);
        return Decide(access, superseded ? "number-superseded" : "number-invalidated", reason, (nothing, decision) => Task.FromResult<Result<Deciding>>(
            !NhsNumber.TryParse(number, null, out var old) || superseded && !NhsNumber.TryParse(replacedBy, null, out _) || superseded && NhsNumber.Parse(replacedBy!, null).Value == old.Value
                ? IdentityErrors.NoNumber
                : decision with { First = old.Value, Second = superseded ? NhsNumber.Parse(replacedBy!, null).Value : null }), cancellation);
    }

    /// <summary>Puts estimated weights into use; version 0 is what the product comes with.</summary>
    public Task<Result<Guid>> Activate(Access access, int version, string? reason, CancellationToken cancellation) =>
        Decide(access, "weights-activated", reason, (_, decision) => Task.FromResult<Result<Deciding>>(decision with { First = version.ToString(CultureInfo.InvariantCulture) }), cancellation);

    /// <summary>Takes a decision back: every link is again what it was, and the question is open.</summary>
    public Task<Result<Guid>> Undo(Access access, Guid decision, string? reason, CancellationToken cancellation) => Decide(access, "undo", reason, async (transaction, deciding) =>
    {
        if (await StewardStore.Decision(transaction, decision, cancellation) is not { } made || access.StewardOf() is { } mine && made.Organisation != mine) return IdentityErrors.NotFound;
        return deciding with { First = made.First, Second = made.Second, Undoes = decision };
    }, cancellation);

    /// <summary>Carries out a decision of the command log again, in its own name and at its own time; for a record that is built anew.</summary>
    public Task<Result<Guid>> Carry(Access access, Deciding decision, CancellationToken cancellation) => access.IsSystem
        ? Decide(access with { User = decision.By, Organisation = decision.Organisation }, decision.Kind, decision.Reason, (_, _) => Task.FromResult<Result<Deciding>>(decision), cancellation)
        : Task.FromResult<Result<Guid>>(IdentityErrors.Forbidden);

    private Task<Result<Guid>> OnQuestion(Access access, string kind, Guid review, string? reason, CancellationToken cancellation) => Decide(access, kind, reason, async (transaction, decision) =>
    {
        if (await StewardStore.Find(transaction, access.StewardOf(), review, cancellation) is not { } question) return IdentityErrors.NotFound;
        return question.State == "open" ? decision with { First = question.First, Second = question.Second } : IdentityErrors.AlreadyDecided;
    }, cancellation);

    // One way for all: what is decided, its entry in the log and its audit row are one transaction.
    private async Task<Result<Guid>> Decide(Access access, string kind, string? reason, Func<RecordTransaction, Deciding, Task<Result<Deciding>>> about, CancellationToken cancellation)
    {
        if (!access.MaySteward()) return await Told(access, kind, IdentityErrors.Forbidden, cancellation);
        if (reason?.Trim() is not { Length: >= 3 and <= 1000 } why) return await Told(access, kind, IdentityErrors.NoReason, cancellation);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        await MatchStore.Lock(transaction, cancellation);
        if (await LinkRunStore.IsOpen(transaction, cancellation)) return await Told(access, kind, IdentityErrors.AllAreBeingLinked, cancellation);
        var asked = await about(transaction, new(Guid.CreateVersion7(), clock.GetUtcNow(), kind, null, null, null, access.User, access.Organisation, why));
        if (!asked.TryGet(out var decision, out var error)) return await Told(access, kind, error, cancellation);
        var linking = new Linking(transaction, await rules.In(transaction, cancellation), decision.At);
        if (!(await Carried(transaction, linking, decision, cancellation)).TryGet(out var outcome, out error)) return await Told(access, kind, error, cancellation);
        await StewardStore.Keep(transaction, decision, outcome, cancellation);
        await LinkPatients.PutPersons(transaction, linking.Moved, cancellation);
        await AuditLog.WriteIn(transaction, new(access, 'U', $"identity-{kind}", "Patient", decision.Id.ToString(), null, "success", outcome.Patients), clock.GetUtcNow(), cancellation);
        var committed = await transaction.Commit(cancellation);
        if (!committed.TryGet(out _, out error)) return await Told(access, kind, error, cancellation);
        access.Trail.Outcome = "success";
        return decision.Id;
    }

    private static async Task<Result<Outcome>> Carried(RecordTransaction transaction, Linking linking, Deciding decision, CancellationToken cancellation)
    {
        var (carry, lists) = (new CarryOut(transaction, linking, decision.At), new CarryOutLists(transaction, linking, decision.At));
        return decision switch
        {
            { Kind: "link", First: { } first, Second: { } second } => await carry.Link(first, second, cancellation),
            { Kind: "keep-apart", First: { } first, Second: { } second } => await carry.KeepApart(first, second, cancellation),
            { Kind: "unlink", First: { } patient } => await carry.Unlink(patient, cancellation),
            { Kind: "one-person" or "two-people", First: { } patient } => await carry.EndQuarantine(patient, decision.Kind == "one-person", cancellation),
            { Kind: "number-invalidated", First: { } number } => await lists.Withdraw(decision.Id, number, null, cancellation),
            { Kind: "number-superseded", First: { } number, Second: { } by } => await lists.Withdraw(decision.Id, number, by, cancellation),
            { Kind: "weights-activated", First: { } version } => await lists.Activate(decision.Id, int.Parse(version, CultureInfo.InvariantCulture), cancellation),
            { Kind: "undo", Undoes: { } undone } => await StewardStore.Decision(transaction, undone, cancellation) is { } made ? await new TakeBack(transaction, linking, decision.At).Of(made, cancellation) : IdentityErrors.NotFound,
            _ => IdentityErrors.NotFound,
        };
    }

    private async Task<RecordError> Told(Access access, string kind, RecordError error, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'U', $"identity-{kind}", "Patient", null, null, error.Code, []), cancellation);
        return error;
    }
}

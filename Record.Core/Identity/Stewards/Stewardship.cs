using Record.Core.Audit;
using Record.Core.Fhir;

namespace Record.Core.Identity.Stewards;

/// <summary>
/// What stewards decide: link, keep apart, unlink, quarantine ended one way or the other, and undo. A decision is remembered:
/// what is kept apart is not asked again, what is linked is not parted by a rule.
/// </summary>
public sealed class Stewardship(ResourceStore store, AuditLog audit, CurrentRules rules, TimeProvider clock)
{
    /// <summary>Both records of a question are one person.</summary>
    public Task<Result<Guid>> Link(Access access, Guid review, string? reason, CancellationToken cancellation) => Decide(access, "link", reason, async step =>
    {
        if (await StewardStore.Find(step.Transaction, access.StewardOf(), review, cancellation) is not { } question) return IdentityErrors.NotFound;
        if (question.State != "open") return IdentityErrors.AlreadyDecided;
        var persons = await LinkStore.Current(step.Transaction, [question.First, question.Second], cancellation);
        var (one, other) = (persons[question.First].Person, persons[question.Second].Person);
        if (one == other) return IdentityErrors.MovedOn;
        var (kept, gone) = string.CompareOrdinal(one.ToString(), other.ToString()) < 0 ? (one, other) : (other, one); // the older person stays
        var (here, there) = (await MatchStore.Members(step.Transaction, [kept], cancellation), await MatchStore.Members(step.Transaction, [gone], cancellation));
        if (here.Concat(there).Any(member => member.Held)) return IdentityErrors.Held;
        var apart = await LinkReviewStore.KeptApart(step.Transaction, [.. there.Select(member => member.Subject.Id)], cancellation);
        if (here.Any(member => apart.Contains(member.Subject.Id))) return IdentityErrors.KeptApart;
        var moved = (await LinkStore.PatientsIn(step.Transaction, gone, cancellation)).Select(link => new MovedLink(link.Patient, gone, kept, link.Method)).ToList();
        foreach (var link in moved) await step.Linking.Move(link.Patient, kept, "steward", question.Weight, cancellation);
        await StewardStore.SetReview(step.Transaction, review, "linked", step.At, cancellation);
        await LinkReviewStore.WithdrawAnswered(step.Transaction, kept, step.At, cancellation);
        return new Outcome { Review = review, Moved = moved, Patients = [question.First, question.Second] };
    }, cancellation);

    /// <summary>The records of a question are two people.</summary>
    public Task<Result<Guid>> KeepApart(Access access, Guid review, string? reason, CancellationToken cancellation) => Decide(access, "keep-apart", reason, async step =>
    {
        if (await StewardStore.Find(step.Transaction, access.StewardOf(), review, cancellation) is not { } question) return IdentityErrors.NotFound;
        if (question.State != "open") return IdentityErrors.AlreadyDecided;
        await StewardStore.SetReview(step.Transaction, review, "kept-apart", step.At, cancellation);
        return new Outcome { Review = review, Patients = [question.First, question.Second] };
    }, cancellation);

    /// <summary>A source patient is not the person that it is linked to.</summary>
    public Task<Result<Guid>> Unlink(Access access, string patient, string? reason, CancellationToken cancellation) => Decide(access, "unlink", reason, async step =>
    {
        if ((await LinkStore.Current(step.Transaction, [patient], cancellation)).GetValueOrDefault(patient) is not { } link) return IdentityErrors.NotFound;
        var members = await MatchStore.Members(step.Transaction, [link.Person], cancellation);
        if (access.StewardOf() is { } mine && !members.Any(member => member.About.Organisation is null || member.About.Organisation == mine)) return IdentityErrors.NotFound;
        if (members.Count < 2) return IdentityErrors.Alone;
        var to = Guid.CreateVersion7();
        await step.Linking.Leave(patient, link.Person, to, "own", cancellation);
        foreach (var member in members.Where(member => member.Subject.Id != patient)) await StewardStore.KeepApart(step.Transaction, patient, member.Subject.Id, step.At, cancellation);
        return new Outcome { Moved = [new(patient, link.Person, to, link.Method)], Patients = [.. members.Select(member => member.Subject.Id)] };
    }, cancellation);

    /// <summary>Ends a quarantine: the record was mended and is one person, or it is another person now and finds its own.</summary>
    public Task<Result<Guid>> EndQuarantine(Access access, Guid overlay, bool onePerson, string? reason, CancellationToken cancellation) => Decide(access, onePerson ? "one-person" : "two-people", reason, async step =>
    {
        if (await StewardStore.Overlay(step.Transaction, access.StewardOf(), overlay, cancellation) is not { } found) return IdentityErrors.NotFound;
        if (found.State != "open") return IdentityErrors.AlreadyDecided;
        await StewardStore.SetOverlay(step.Transaction, overlay, onePerson ? "one-person" : "two-people", cancellation);
        await MatchStore.Hold(step.Transaction, found.Patient, false, cancellation);
        var link = (await LinkStore.Current(step.Transaction, [found.Patient], cancellation))[found.Patient];
        if (onePerson) await step.Linking.Move(found.Patient, found.PersonBefore, "steward", null, cancellation);
        else await step.Linking.Again(found.Patient, cancellation);
        return new Outcome { Overlay = overlay, Moved = onePerson ? [new(found.Patient, link.Person, found.PersonBefore, link.Method)] : [], Patients = [found.Patient] };
    }, cancellation);

    /// <summary>Takes a decision back: every link is again what it was, and the question is open.</summary>
    public Task<Result<Guid>> Undo(Access access, Guid decision, string? reason, CancellationToken cancellation) => Decide(access, "undo", reason, async step =>
    {
        if (await StewardStore.Decision(step.Transaction, decision, cancellation) is not { } made || access.StewardOf() is { } mine && made.Organisation != mine) return IdentityErrors.NotFound;
        if (made.IsUndone || made.Kind is not ("link" or "keep-apart" or "unlink")) return IdentityErrors.NothingToUndo;
        var patients = made.Moved.Select(link => link.Patient).ToArray();
        var links = await LinkStore.Current(step.Transaction, patients, cancellation);
        if (made.Moved.Any(link => links.GetValueOrDefault(link.Patient)?.Person != link.To)) return IdentityErrors.MovedOn;
        var together = made.Moved.Count == 0 ? [] : (await LinkStore.PatientsIn(step.Transaction, made.Moved[0].To, cancellation)).Select(link => link.Patient).ToArray();
        foreach (var link in made.Moved) await step.Linking.Move(link.Patient, link.From, link.Method, null, cancellation);
        if (made.Kind == "link") await UnlinkedTasks.Restore(step.Transaction, together, cancellation);
        if (made.Kind == "unlink") await LinkReviewStore.Forget(step.Transaction, patients[0], made.At, cancellation);
        if (made.Review is { } review) await StewardStore.SetReview(step.Transaction, review, "open", step.At, cancellation);
        return new Outcome { Review = made.Review, Undoes = decision, Moved = [.. made.Moved.Select(link => new MovedLink(link.Patient, link.To, link.From, link.Method))], Patients = patients };
    }, cancellation);

    private async Task<Result<Guid>> Decide(Access access, string kind, string? reason, Func<Step, Task<Result<Outcome>>> decide, CancellationToken cancellation)
    {
        if (!access.MaySteward()) return await Told(access, kind, IdentityErrors.Forbidden, [], cancellation);
        if (reason?.Trim() is not { Length: >= 3 and <= 1000 } why) return await Told(access, kind, IdentityErrors.NoReason, [], cancellation);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        var at = clock.GetUtcNow();
        var linking = new Linking(transaction, await rules.In(transaction, cancellation), at);
        await linking.Lock(cancellation);
        var decided = await decide(new(transaction, linking, at));
        if (!decided.TryGet(out var outcome, out var error)) return await Told(access, kind, error, [], cancellation);
        var decision = new Decision(Guid.CreateVersion7(), at, kind, outcome.Review, outcome.Overlay, outcome.Undoes, access.User, access.Organisation, why, outcome.Moved);
        await StewardStore.Keep(transaction, decision, cancellation);
        await LinkPatients.PutPersons(transaction, linking.Moved, cancellation);
        var committed = await transaction.Commit(cancellation);
        if (!committed.TryGet(out _, out error)) return await Told(access, kind, error, outcome.Patients, cancellation);
        await audit.Write(new(access, 'U', $"identity-{kind}", "Patient", decision.Id.ToString(), null, "success", outcome.Patients), cancellation);
        return decision.Id;
    }

    private async Task<RecordError> Told(Access access, string kind, RecordError error, IReadOnlyCollection<string> patients, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'U', $"identity-{kind}", "Patient", null, null, error.Code, patients), cancellation);
        return error;
    }

    private sealed record Step(RecordTransaction Transaction, Linking Linking, DateTimeOffset At);

    private sealed record Outcome
    {
        public Guid? Review { get; init; }

        public Guid? Overlay { get; init; }

        public Guid? Undoes { get; init; }

        public IReadOnlyList<MovedLink> Moved { get; init; } = [];

        public IReadOnlyList<string> Patients { get; init; } = [];
    }
}

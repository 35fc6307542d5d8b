using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>The links of the database within one transaction; remembers which persons changed.</summary>
internal sealed class TransactionLinks(RecordTransaction transaction, LinkageRules rules, DateTimeOffset at) : ILinks
{
    private readonly HashSet<Guid> moved = [];

    /// <summary>Persons that gained or lost a source patient.</summary>
    public IReadOnlySet<Guid> Moved => moved;

    public async ValueTask<PatientLink?> Of(string patient, CancellationToken cancellation) =>
        (await LinkStore.Current(transaction, [patient], cancellation)).GetValueOrDefault(patient);

    public async ValueTask<IReadOnlyCollection<Guid>> Alike(MatchSubject subject, About about, CancellationToken cancellation)
    {
        var keys = BlockingKeys.Of(subject);
        var sharing = await MatchStore.Sharing(transaction, keys, rules.Options, cancellation);
        await MatchStore.Save(transaction, subject, keys, about, sharing.Crowded, false, cancellation);
        return [.. sharing.Found.Where(member => member.Subject.Id != subject.Id && rules.Score(subject, member.Subject).Zone != Zone.None).Select(member => member.Person).Distinct()];
    }

    public async ValueTask<IReadOnlyList<Member>> Members(IReadOnlyCollection<Guid> persons, CancellationToken cancellation) => await MatchStore.Members(transaction, [.. persons], cancellation);

    public async ValueTask<IReadOnlySet<string>> KeptApart(IReadOnlyCollection<string> patients, CancellationToken cancellation) => await LinkReviewStore.KeptApart(transaction, [.. patients], cancellation);

    public async ValueTask<IReadOnlySet<string>> Bound(string patient, CancellationToken cancellation) => await LinkReviewStore.Bound(transaction, patient, cancellation);

    public async ValueTask Move(string patient, Guid person, string method, double? score, CancellationToken cancellation)
    {
        var before = await LinkStore.Link(transaction, new(patient, person, method, transaction.Access.User, at) { Score = score }, cancellation);
        moved.Add(person);
        if (before is not { } left || left == person) return;
        moved.Add(left);
        await LinkStore.AppendToPersons(transaction, [("Link", patient, 0, patient, left, LinkPatients.Name, at), ("Link", patient, 0, patient, person, LinkPatients.Name, at)], cancellation);
    }

    public async ValueTask Leave(string patient, Guid from, Guid to, string method, CancellationToken cancellation)
    {
        var together = (await LinkStore.PatientsIn(transaction, from, cancellation)).Select(link => link.Patient).ToArray();
        await Move(patient, to, method, null, cancellation);
        if (together.Length > 1) await UnlinkedTasks.Restore(transaction, together, cancellation);
    }

    public async ValueTask Ask(string patient, PersonMatch match, CancellationToken cancellation) =>
        await LinkReviewStore.Raise(transaction, patient, match.Best, match.Score.Weight, match.Reason, rules.Weights.Version, at, cancellation);

    public async ValueTask WithdrawOthers(string patient, IReadOnlyCollection<string> asked, CancellationToken cancellation) =>
        await LinkReviewStore.WithdrawOthers(transaction, patient, [.. asked], at, cancellation);

    public async ValueTask WithdrawAnswered(Guid person, CancellationToken cancellation) => await LinkReviewStore.WithdrawAnswered(transaction, person, at, cancellation);
}

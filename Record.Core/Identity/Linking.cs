using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Links source patients within one transaction and remembers which persons changed.</summary>
internal sealed class Linking(RecordTransaction transaction, LinkageRules rules, DateTimeOffset at)
{
    private readonly HashSet<Guid> moved = [];
    private bool locked;

    // Who is linked stays so until clearly less speaks for it: a new address alone parts nobody.
    private double StayFrom => (rules.Options.AutoFrom + rules.Options.ReviewFrom) / 2;

    /// <summary>Persons that gained or lost a source patient.</summary>
    public IReadOnlySet<Guid> Moved => moved;

    /// <summary>Takes what is said of a source patient now; null: nothing is, or it was deleted.</summary>
    public async Task Take(string patient, StoredResource? resource, CancellationToken cancellation)
    {
        if (resource?.Json() is not { } json)
        {
            await MatchStore.Forget(transaction, patient, cancellation);
            if (await LinkOf(patient, cancellation) is null) await Move(patient, Guid.CreateVersion7(), "own", null, cancellation);
            return;
        }

        var subject = MatchFeatures.Of(json, patient);
        var stored = await MatchStore.Find(transaction, patient, cancellation);
        if (stored is not null && MatchStore.Write(stored.Subject) == MatchStore.Write(subject) && await LinkOf(patient, cancellation) is not null) return;
        await Lock(cancellation);
        var organisation = MatchFeatures.Organisation(json);
        var link = await LinkOf(patient, cancellation);
        if (stored is { Held: true }) await MatchStore.Save(transaction, subject, BlockingKeys.Of(subject), organisation, 0, true, cancellation);
        else if (stored is not null && link is not null && Overlay.IsSuspected(stored.Subject, subject)) await Hold(subject, organisation, resource.Version, link, cancellation);
        else await Relink(subject, organisation, link, cancellation);
    }

    /// <summary>Finds the person of a source patient afresh, as after the end of a quarantine.</summary>
    public async Task Again(string patient, CancellationToken cancellation)
    {
        await Lock(cancellation);
        var member = (await MatchStore.Members(transaction, [(await LinkOf(patient, cancellation))!.Person], cancellation)).First(member => member.Subject.Id == patient);
        await Relink(member.Subject, member.Organisation, await LinkOf(patient, cancellation), cancellation);
    }

    /// <summary>Links a source patient to a person; both persons' clocks and tasks are worked out again.</summary>
    public async Task Move(string patient, Guid person, string method, double? score, CancellationToken cancellation)
    {
        var before = await LinkStore.Link(transaction, new(patient, person, method, transaction.Access.User, at) { Score = score }, cancellation);
        moved.Add(person);
        if (before is not { } left || left == person) return;
        moved.Add(left);
        await LinkStore.AppendToPersons(transaction, [("Link", patient, 0, patient, left, LinkPatients.Name, at), ("Link", patient, 0, patient, person, LinkPatients.Name, at)], cancellation);
    }

    /// <summary>Takes a source patient out of a person it shares: tasks that depended on it are decided anew.</summary>
    public async Task Leave(string patient, Guid from, Guid to, string method, CancellationToken cancellation)
    {
        var together = (await LinkStore.PatientsIn(transaction, from, cancellation)).Select(link => link.Patient).ToArray();
        await Move(patient, to, method, null, cancellation);
        if (together.Length > 1) await UnlinkedTasks.Restore(transaction, together, cancellation);
    }

    public async Task Lock(CancellationToken cancellation)
    {
        if (!locked) await MatchStore.Lock(transaction, cancellation);
        locked = true;
    }

    private async Task<PatientLink?> LinkOf(string patient, CancellationToken cancellation) =>
        (await LinkStore.Current(transaction, [patient], cancellation)).GetValueOrDefault(patient);

    // Its data are another person's now: it stands alone and links to nobody until a steward has looked.
    private async Task Hold(MatchSubject subject, string? organisation, int version, PatientLink link, CancellationToken cancellation)
    {
        await MatchStore.Save(transaction, subject, BlockingKeys.Of(subject), organisation, 0, true, cancellation);
        await LinkReviewStore.RaiseOverlay(transaction, subject.Id, version - 1, version, link.Person, at, cancellation);
        await LinkReviewStore.WithdrawOthers(transaction, subject.Id, [], at, cancellation);
        await Leave(subject.Id, link.Person, Guid.CreateVersion7(), "held", cancellation);
    }

    private async Task Relink(MatchSubject subject, string? organisation, PatientLink? link, CancellationToken cancellation)
    {
        var keys = BlockingKeys.Of(subject);
        var sharing = await MatchStore.Sharing(transaction, keys, rules.Options, cancellation);
        await MatchStore.Save(transaction, subject, keys, organisation, sharing.Crowded, false, cancellation);
        var matches = await Matches(subject, sharing, link, cancellation);
        var own = matches.FirstOrDefault(match => match.Person == link?.Person);
        var person = await Choose(subject, link, own, matches, cancellation);
        if (link?.Person != person.Id)
            if (link is not null && own is not null) await Leave(subject.Id, link.Person, person.Id, person.Method, cancellation);
            else await Move(subject.Id, person.Id, person.Method, person.Score, cancellation);
        await Gather(person.Id, matches, cancellation);
        await Ask(subject, matches, cancellation);
    }

    private async Task<List<PersonMatch>> Matches(MatchSubject subject, Candidates sharing, PatientLink? link, CancellationToken cancellation)
    {
        // Who cannot match on their own cannot bring their person in; only the rest is read whole.
        var persons = sharing.Found.Where(member => member.Subject.Id != subject.Id && rules.Score(subject, member.Subject).Zone != Zone.None).Select(member => member.Person);
        if (link is not null) persons = persons.Append(link.Person);
        var members = await MatchStore.Members(transaction, [.. persons.Distinct()], cancellation);
        var apart = await LinkReviewStore.KeptApart(transaction, [subject.Id], cancellation);
        return [.. members.Where(member => member.Subject.Id != subject.Id).GroupBy(member => member.Person)
            .Select(group => PersonMatch.Of(rules, subject, [.. group], apart)).OrderByDescending(match => match.Score.Weight)];
    }

    private async Task<(Guid Id, string Method, double? Score)> Choose(MatchSubject subject, PatientLink? link, PersonMatch? own, List<PersonMatch> matches, CancellationToken cancellation)
    {
        if (link is not null && (link.Method == "steward" || own is not null && await IsBound(subject.Id, link.Person, cancellation))) return (link.Person, link.Method, link.Score);
        if (subject.ReplacedBy is { } other && await LinkOf(other, cancellation) is { } survivor) return (survivor.Person, "source-merge", null);
        if (own is not null && (own.Zone == Zone.Auto || own.Reason == "weight" && own.Score.Weight >= StayFrom)) return (own.Person, link!.Method, link.Score);
        var best = matches.Where(match => match.Zone == Zone.Auto).OrderBy(match => match.Person.ToString(), StringComparer.Ordinal).FirstOrDefault();
        if (best is not null) return (best.Person, best.Reason == "nhs-number" ? "nhs-number" : "weight", best.Score.Weight);
        // Without a match a patient is alone: it stays the person it was, or leaves one that it no longer agrees with.
        return link is not null && own is null ? (link.Person, link.Method, link.Score) : (Guid.CreateVersion7(), "own", null);
    }

    // A steward's link holds both its ends.
    private async Task<bool> IsBound(string patient, Guid person, CancellationToken cancellation)
    {
        var bound = await LinkReviewStore.Bound(transaction, patient, cancellation);
        return bound.Count > 0 && (await LinkStore.PatientsIn(transaction, person, cancellation)).Any(link => bound.Contains(link.Patient));
    }

    // Who matches two persons surely shows that they are one, unless their records speak against it.
    private async Task Gather(Guid person, List<PersonMatch> matches, CancellationToken cancellation)
    {
        foreach (var other in matches.Where(match => match.Zone == Zone.Auto && match.Person != person))
        {
            var (here, there) = (await MatchStore.Members(transaction, [person], cancellation), await MatchStore.Members(transaction, [other.Person], cancellation));
            if (there.Count == 0 || there.Any(member => member.Method is "steward" or "held")) continue;
            var apart = await LinkReviewStore.KeptApart(transaction, [.. there.Select(member => member.Subject.Id)], cancellation);
            if (here.Any(member => apart.Contains(member.Subject.Id))) continue;
            if (there.Any(member => PersonMatch.Of(rules, member.Subject, here, apart) is { Reason: "nhs-number-conflict" or "other-records" or "held" })) continue;
            foreach (var member in there) await Move(member.Subject.Id, person, "weight", other.Score.Weight, cancellation);
            await LinkReviewStore.WithdrawAnswered(transaction, person, at, cancellation);
        }
    }

    private async Task Ask(MatchSubject subject, List<PersonMatch> matches, CancellationToken cancellation)
    {
        var person = (await LinkOf(subject.Id, cancellation))!.Person;
        var asked = new List<string>();
        foreach (var match in matches.Where(match => match.Zone != Zone.None))
        {
            var current = await LinkOf(match.Best, cancellation);
            if (current is null || current.Person == person) continue;
            await LinkReviewStore.Raise(transaction, subject.Id, match.Best, match.Score.Weight, match.Reason, rules.Weights.Version, at, cancellation);
            asked.Add(match.Best);
        }

        await LinkReviewStore.WithdrawOthers(transaction, subject.Id, [.. asked], at, cancellation);
    }
}

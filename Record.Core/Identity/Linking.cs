using Record.Core.Fhir;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Numbers;

namespace Record.Core.Identity;

/// <summary>Links source patients within one transaction and remembers which persons changed.</summary>
internal sealed class Linking(RecordTransaction transaction, LinkageRules rules, DateTimeOffset at)
{
    private readonly TransactionLinks links = new(transaction, rules, at);
    private bool locked;

    /// <summary>Persons that gained or lost a source patient.</summary>
    public IReadOnlySet<Guid> Moved => links.Moved;

    /// <summary>Takes what is said of a source patient now; null: nothing is, or it was deleted.</summary>
    public async Task Take(string patient, StoredResource? resource, CancellationToken cancellation)
    {
        if (resource?.Json() is not { } json)
        {
            await MatchStore.Forget(transaction, patient, cancellation);
            if (await links.Of(patient, cancellation) is null) await Move(patient, Guid.CreateVersion7(), "own", null, cancellation);
            return;
        }

        var subject = await WithdrawnNumberStore.Applied(transaction, MatchFeatures.Of(json, patient), cancellation);
        var stored = await MatchStore.Find(transaction, patient, cancellation);
        if (stored is not null && MatchStore.Write(stored.Subject) == MatchStore.Write(subject) && await links.Of(patient, cancellation) is not null) return;
        await Lock(cancellation);
        var about = About.Of(json);
        var link = await links.Of(patient, cancellation);
        if (stored is { Held: true }) await MatchStore.Save(transaction, subject, BlockingKeys.Of(subject), about, 0, true, cancellation);
        else if (stored is not null && link is not null && Overlay.IsSuspected(stored.Subject, subject)) await Hold(subject, about, resource.Version, link, cancellation);
        else await new Relinking(links, rules).Take(subject, about, link, cancellation);
    }

    /// <summary>Finds the person of a source patient afresh, as after the end of a quarantine.</summary>
    public async Task Again(string patient, CancellationToken cancellation)
    {
        await Lock(cancellation);
        var link = await links.Of(patient, cancellation);
        var member = (await links.Members([link!.Person], cancellation)).First(member => member.Subject.Id == patient);
        await new Relinking(links, rules).Take(member.Subject, member.About, link, cancellation);
    }

    /// <summary>Links a source patient to a person; both persons' clocks and tasks are worked out again.</summary>
    public async Task Move(string patient, Guid person, string method, double? score, CancellationToken cancellation) => await links.Move(patient, person, method, score, cancellation);

    /// <summary>Takes a source patient out of a person it shares: tasks that depended on it are decided anew.</summary>
    public async Task Leave(string patient, Guid from, Guid to, string method, CancellationToken cancellation) => await links.Leave(patient, from, to, method, cancellation);

    /// <summary>One at a time decides who is whom.</summary>
    public async Task Lock(CancellationToken cancellation)
    {
        if (!locked) await MatchStore.Lock(transaction, cancellation);
        locked = true;
    }

    // Its data are another person's now: it stands alone and links to nobody until a steward has looked.
    private async Task Hold(MatchSubject subject, About about, int version, PatientLink link, CancellationToken cancellation)
    {
        await MatchStore.Save(transaction, subject, BlockingKeys.Of(subject), about, 0, true, cancellation);
        await LinkReviewStore.RaiseOverlay(transaction, subject.Id, version - 1, version, link.Person, at, cancellation);
        await links.WithdrawOthers(subject.Id, [], cancellation);
        await Leave(subject.Id, link.Person, Guid.CreateVersion7(), "held", cancellation);
    }
}

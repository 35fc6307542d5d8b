using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Decides who a record is, given everybody who is there already; one record at a time, and the same in memory as in the database.</summary>
internal sealed class Relinking(ILinks links, LinkageRules rules)
{
    // Who is linked stays so until clearly less speaks for it: a new address alone parts nobody.
    private double StayFrom => (rules.Options.AutoFrom + rules.Options.ReviewFrom) / 2;

    /// <summary>Finds the person of a record, gathers what it shows to be one person, asks about what is not sure.</summary>
    /// <param name="subject">The record.</param>
    /// <param name="about">What is kept of it beside what is compared.</param>
    /// <param name="link">Its link until now, if it has one.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask Take(MatchSubject subject, About about, PatientLink? link, CancellationToken cancellation)
    {
        // Who cannot match on their own cannot bring their person in; only the rest is read whole.
        var alike = await links.Alike(subject, about, cancellation);
        var matches = await Matches(subject, alike, link, cancellation);
        var own = matches.FirstOrDefault(match => match.Person == link?.Person);
        var person = await Choose(subject, link, own, matches, cancellation);
        if (link?.Person != person.Id)
            if (link is not null && own is not null) await links.Leave(subject.Id, link.Person, person.Id, person.Method, cancellation);
            else await links.Move(subject.Id, person.Id, person.Method, person.Score, cancellation);
        await Gather(person.Id, matches, cancellation);
        await Ask(subject, matches, cancellation);
    }

    private async ValueTask<List<PersonMatch>> Matches(MatchSubject subject, IReadOnlyCollection<Guid> alike, PatientLink? link, CancellationToken cancellation)
    {
        if (link is not null && !alike.Contains(link.Person)) alike = [.. alike, link.Person];
        if (alike.Count == 0) return [];
        var members = await links.Members(alike, cancellation);
        var apart = await links.KeptApart([subject.Id], cancellation);
        return [.. members.Where(member => member.Subject.Id != subject.Id).GroupBy(member => member.Person)
            .Select(group => PersonMatch.Of(rules, subject, [.. group], apart))
            .OrderByDescending(match => match.Score.Weight).ThenBy(match => match.Best, StringComparer.Ordinal)];
    }

    private async ValueTask<(Guid Id, string Method, double? Score)> Choose(
        MatchSubject subject, PatientLink? link, PersonMatch? own, List<PersonMatch> matches, CancellationToken cancellation)
    {
        if (link is not null && (link.Method == "steward" || own is not null && await IsBound(subject.Id, link.Person, cancellation))) return (link.Person, link.Method, link.Score);
        if (subject.ReplacedBy is { } other && await links.Of(other, cancellation) is { } survivor) return (survivor.Person, "source-merge", null);
        if (own is not null && (own.Zone == Zone.Auto || own.Reason == "weight" && own.Score.Weight >= StayFrom)) return (own.Person, link!.Method, link.Score);
        var best = matches.Where(match => match.Zone == Zone.Auto).OrderByDescending(match => match.Reason == "nhs-number").FirstOrDefault(); // then the surest
        if (best is not null) return (best.Person, best.Reason == "nhs-number" ? "nhs-number" : "weight", best.Score.Weight);
        // Without a match a patient is alone: it stays the person it was, or leaves one that it no longer agrees with.
        return link is not null && own is null ? (link.Person, link.Method, link.Score) : (Guid.CreateVersion7(), "own", null);
    }

    // A steward's link holds both its ends.
    private async ValueTask<bool> IsBound(string patient, Guid person, CancellationToken cancellation)
    {
        var bound = await links.Bound(patient, cancellation);
        return bound.Count > 0 && (await links.Members([person], cancellation)).Any(member => bound.Contains(member.Subject.Id));
    }

    // Who matches two persons surely shows that they are one, unless their records speak against it.
    private async ValueTask Gather(Guid person, List<PersonMatch> matches, CancellationToken cancellation)
    {
        foreach (var other in matches.Where(match => match.Zone == Zone.Auto && match.Person != person))
        {
            var (here, there) = (await links.Members([person], cancellation), await links.Members([other.Person], cancellation));
            if (there.Count == 0 || there.Any(member => member.Method is "steward" or "held")) continue;
            var apart = await links.KeptApart([.. there.Select(member => member.Subject.Id)], cancellation);
            if (here.Any(member => apart.Contains(member.Subject.Id))) continue;
            if (there.Any(member => PersonMatch.Of(rules, member.Subject, here, apart) is { Reason: "nhs-number-conflict" or "other-records" or "held" })) continue;
            foreach (var member in there) await links.Move(member.Subject.Id, person, "weight", other.Score.Weight, cancellation);
            await links.WithdrawAnswered(person, cancellation);
        }
    }

    private async ValueTask Ask(MatchSubject subject, List<PersonMatch> matches, CancellationToken cancellation)
    {
        var person = (await links.Of(subject.Id, cancellation))!.Person;
        var asked = new List<string>();
        foreach (var match in matches.Where(match => match.Zone != Zone.None))
        {
            var current = await links.Of(match.Best, cancellation);
            if (current is null || current.Person == person) continue;
            await links.Ask(subject.Id, match, cancellation);
            asked.Add(match.Best);
        }

        await links.WithdrawOthers(subject.Id, asked, cancellation);
    }
}

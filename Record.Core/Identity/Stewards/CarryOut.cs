using Record.Core.Fhir;

namespace Record.Core.Identity.Stewards;

/// <summary>Carries out a decision about links within a transaction. What is said about records and numbers elsewhere: <see cref="TakeBack"/>, <see cref="CarryOutLists"/>.</summary>
internal sealed class CarryOut(RecordTransaction transaction, Linking linking, DateTimeOffset at)
{
    /// <summary>Both records are one person: all records of both persons move together.</summary>
    public async Task<Result<Outcome>> Link(string first, string second, CancellationToken cancellation)
    {
        var persons = await LinkStore.Current(transaction, [first, second], cancellation);
        if (persons.Count < 2) return IdentityErrors.NotFound;
        var (one, other) = (persons[first].Person, persons[second].Person);
        if (one == other) return IdentityErrors.MovedOn;
        var (kept, gone) = string.CompareOrdinal(one.ToString(), other.ToString()) < 0 ? (one, other) : (other, one); // the older person stays
        var (here, there) = (await MatchStore.Members(transaction, [kept], cancellation), await MatchStore.Members(transaction, [gone], cancellation));
        if (here.Concat(there).Any(member => member.Held)) return IdentityErrors.Held;
        var apart = await LinkReviewStore.KeptApart(transaction, [.. there.Select(member => member.Subject.Id)], cancellation);
        if (here.Any(member => apart.Contains(member.Subject.Id))) return IdentityErrors.KeptApart;
        var question = await StewardStore.OnPair(transaction, first, second, cancellation);
        var moved = (await LinkStore.PatientsIn(transaction, gone, cancellation)).Select(link => new MovedLink(link.Patient, gone, kept, link.Method)).ToList();
        foreach (var link in moved) await linking.Move(link.Patient, kept, "steward", question?.Weight, cancellation);
        var review = await StewardStore.SetPair(transaction, first, second, "linked", at, cancellation);
        await LinkReviewStore.WithdrawAnswered(transaction, kept, at, cancellation);
        return new Outcome { Review = review, Moved = moved, Patients = [first, second] };
    }

    /// <summary>The records are two people; what else is asked about the two is answered too.</summary>
    public async Task<Result<Outcome>> KeepApart(string first, string second, CancellationToken cancellation)
    {
        var persons = await LinkStore.Current(transaction, [first, second], cancellation);
        if (persons.Count < 2) return IdentityErrors.NotFound;
        if (persons[first].Person == persons[second].Person) return IdentityErrors.MovedOn;
        var review = await StewardStore.SetPair(transaction, first, second, "kept-apart", at, cancellation);
        await StewardStore.WithdrawBetween(transaction, persons[first].Person, persons[second].Person, at, cancellation);
        return new Outcome { Review = review, Patients = [first, second] };
    }

    /// <summary>A source patient is not the person that it is linked to.</summary>
    public async Task<Result<Outcome>> Unlink(string patient, CancellationToken cancellation)
    {
        if ((await LinkStore.Current(transaction, [patient], cancellation)).GetValueOrDefault(patient) is not { } link) return IdentityErrors.NotFound;
        var members = await LinkStore.PatientsIn(transaction, link.Person, cancellation);
        if (members.Count < 2) return IdentityErrors.Alone;
        var to = Guid.CreateVersion7();
        await linking.Leave(patient, link.Person, to, "own", cancellation);
        foreach (var member in members.Where(member => member.Patient != patient)) await StewardStore.KeepApart(transaction, patient, member.Patient, at, cancellation);
        return new Outcome { Moved = [new(patient, link.Person, to, link.Method)], Patients = [.. members.Select(member => member.Patient)] };
    }

    /// <summary>Ends a quarantine: the record was mended and is the person it was, or it is another person's now and finds its own.</summary>
    public async Task<Result<Outcome>> EndQuarantine(string patient, bool onePerson, CancellationToken cancellation)
    {
        if (await StewardStore.OverlayOf(transaction, patient, cancellation) is not { State: "open" } found) return IdentityErrors.AlreadyDecided;
        await StewardStore.SetOverlay(transaction, found.Id, onePerson ? "one-person" : "two-people", cancellation);
        await MatchStore.Hold(transaction, patient, false, cancellation);
        var before = (await LinkStore.Current(transaction, [patient], cancellation))[patient];
        if (onePerson) await linking.Move(patient, found.PersonBefore, "steward", null, cancellation);
        else await linking.Again(patient, cancellation);
        var after = (await LinkStore.Current(transaction, [patient], cancellation))[patient];
        return new Outcome { Overlay = found.Id, Moved = after.Person == before.Person ? [] : [new(patient, before.Person, after.Person, before.Method)], Patients = [patient] };
    }
}

using Record.Core.Fhir;

namespace Record.Core.Identity.Stewards;

/// <summary>Takes a decision back: every link is again what it was, and what was asked is asked again.</summary>
internal sealed class TakeBack(RecordTransaction transaction, Linking linking, DateTimeOffset at)
{
    public async Task<Result<Outcome>> Of(Decision made, CancellationToken cancellation)
    {
        if (made.IsUndone || made.Kind == "undo") return IdentityErrors.NothingToUndo;
        if (made.Kind is "number-invalidated" or "number-superseded" or "weights-activated") return await new CarryOutLists(transaction, linking, at).TakeBack(made, cancellation);
        var patients = made.Moved.Select(link => link.Patient).ToArray();
        var links = await LinkStore.Current(transaction, patients, cancellation);
        if (made.Moved.Any(link => links.GetValueOrDefault(link.Patient)?.Person != link.To)) return IdentityErrors.MovedOn;
        if (made.Overlay is { } overlay && !await HoldAgain(overlay, made.First!, cancellation)) return IdentityErrors.MovedOn;
        var together = made.Moved.Count == 0 ? [] : (await LinkStore.PatientsIn(transaction, made.Moved[0].To, cancellation)).Select(link => link.Patient).ToArray();
        foreach (var link in made.Moved) await linking.Move(link.Patient, link.From, link.Method, null, cancellation);
        if (made.Kind != "unlink" && together.Length > 1) await UnlinkedTasks.Restore(transaction, together, cancellation);
        if (made.Kind == "unlink") await LinkReviewStore.Forget(transaction, patients[0], made.At, cancellation);
        if (made.Review is { } review) await StewardStore.SetReview(transaction, review, "open", at, cancellation);
        return new Outcome
        {
            Review = made.Review, Overlay = made.Overlay, Patients = [.. patients.Append(made.First).OfType<string>().Distinct()],
            Moved = [.. made.Moved.Select(link => new MovedLink(link.Patient, link.To, link.From, link.Method))],
        };
    }

    // The record is in quarantine again, unless it has come into another one since.
    private async Task<bool> HoldAgain(Guid overlay, string patient, CancellationToken cancellation)
    {
        if (await StewardStore.OverlayOf(transaction, patient, cancellation) is not { } last || last.Id != overlay) return false;
        await StewardStore.SetOverlay(transaction, overlay, "open", cancellation);
        await MatchStore.Hold(transaction, patient, true, cancellation);
        await LinkReviewStore.WithdrawOthers(transaction, patient, [], at, cancellation);
        return true;
    }
}

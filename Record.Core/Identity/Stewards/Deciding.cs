namespace Record.Core.Identity.Stewards;

/// <summary>
/// A human decision as plain data: an entry of the command log. It names records, never questions or persons, so it can be carried out
/// again in a record that is built anew (<see cref="Stewardship.Carry"/>).
/// </summary>
/// <param name="Id">Its id; an undo names it.</param>
/// <param name="At">When.</param>
/// <param name="Kind">
/// <c>link</c>, <c>keep-apart</c> (first, second: source patients), <c>unlink</c>, <c>one-person</c>, <c>two-people</c> (first), <c>number-invalidated</c>
/// (first: an NHS number), <c>number-superseded</c> (second: the number that stands for it), <c>weights-activated</c> (first: a version), <c>undo</c>.
/// </param>
/// <param name="First">What it is about.</param>
/// <param name="Second">And with what.</param>
/// <param name="Undoes">The decision that it takes back.</param>
/// <param name="By">Who.</param>
/// <param name="Organisation">Of which organisation.</param>
/// <param name="Reason">Why.</param>
public sealed record Deciding(Guid Id, DateTimeOffset At, string Kind, string? First, string? Second, Guid? Undoes, string By, string Organisation, string Reason);

/// <summary>What a decision came to.</summary>
internal sealed record Outcome
{
    public Guid? Review { get; init; }

    public Guid? Overlay { get; init; }

    public IReadOnlyList<MovedLink> Moved { get; init; } = [];

    public IReadOnlyList<string> Patients { get; init; } = [];
}

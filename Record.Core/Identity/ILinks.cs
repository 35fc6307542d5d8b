using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>
/// The links that decisions are made on: those of the database (<see cref="TransactionLinks"/>), or those of a whole set in memory
/// (<see cref="Bulk.MemoryLinks"/>). What is decided on them is the same (<see cref="Relinking"/>).
/// </summary>
internal interface ILinks
{
    /// <summary>The current link of a source patient; null if it has none.</summary>
    ValueTask<PatientLink?> Of(string patient, CancellationToken cancellation);

    /// <summary>Enters a record into its blocks and finds the persons with a record there that does not look like somebody else's.</summary>
    ValueTask<IReadOnlyCollection<Guid>> Alike(MatchSubject subject, About about, CancellationToken cancellation);

    /// <summary>The records of persons, by their ids.</summary>
    ValueTask<IReadOnlyList<Member>> Members(IReadOnlyCollection<Guid> persons, CancellationToken cancellation);

    /// <summary>The source patients that stewards keep apart from any of these.</summary>
    ValueTask<IReadOnlySet<string>> KeptApart(IReadOnlyCollection<string> patients, CancellationToken cancellation);

    /// <summary>The source patients that stewards linked with this one.</summary>
    ValueTask<IReadOnlySet<string>> Bound(string patient, CancellationToken cancellation);

    /// <summary>Links a source patient to a person; both persons' clocks and tasks are worked out again.</summary>
    ValueTask Move(string patient, Guid person, string method, double? score, CancellationToken cancellation);

    /// <summary>Takes a source patient out of a person it shares: tasks that depended on it are decided anew.</summary>
    ValueTask Leave(string patient, Guid from, Guid to, string method, CancellationToken cancellation);

    /// <summary>Asks a steward about two records.</summary>
    ValueTask Ask(string patient, PersonMatch match, CancellationToken cancellation);

    /// <summary>Withdraws what is asked about a record, but for the pairs with these.</summary>
    ValueTask WithdrawOthers(string patient, IReadOnlyCollection<string> asked, CancellationToken cancellation);

    /// <summary>Withdraws what is asked about two records of this one person.</summary>
    ValueTask WithdrawAnswered(Guid person, CancellationToken cancellation);
}

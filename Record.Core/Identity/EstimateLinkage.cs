using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>Estimates weights from the records that are there, as the next version. They are used when somebody says so (<see cref="Stewards.Stewardship.Activate"/>).</summary>
public sealed class EstimateLinkage(ResourceStore store, CurrentRules rules, TimeProvider clock)
{
    private const int Fewest = 2_000;
    private const int Most = 100_000;

    /// <summary>Estimates.</summary>
    /// <returns>The new version; too few records otherwise.</returns>
    public async Task<Result<int>> Run(Access access, CancellationToken cancellation)
    {
        if (!access.IsSystem && access.Role != Roles.FeedManager) return IdentityErrors.Forbidden;
        var (subjects, latest) = await Read(access, cancellation);
        if (subjects.Count < Fewest) return IdentityErrors.TooFew;
        var weights = EstimateWeights.From(subjects, new Blocks(subjects, rules.Options), latest + 1);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        await WeightStore.Save(transaction, weights, subjects.Count, clock.GetUtcNow(), cancellation);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out var error) ? weights.Version : error;
    }

    /// <summary>The versions that there are, the newest first.</summary>
    public async Task<Result<IReadOnlyList<WeightsVersion>>> Versions(Access access, CancellationToken cancellation)
    {
        if (!access.IsSystem && access.Role != Roles.FeedManager) return IdentityErrors.Forbidden;
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        return Result<IReadOnlyList<WeightsVersion>>.Of(await WeightStore.Versions(transaction, cancellation));
    }

    // A transaction of its own: nothing is held while weights are worked out.
    private async Task<(List<MatchSubject> Subjects, int Latest)> Read(Access access, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        return (await WeightStore.Sample(transaction, Most, cancellation), await WeightStore.Highest(transaction, cancellation));
    }
}

using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>The weights and thresholds in use: the latest estimate, or what the product comes with until there is one.</summary>
public sealed class CurrentRules(LinkageOptions options)
{
    private LinkageRules? rules;

    /// <summary>The thresholds in use.</summary>
    public LinkageOptions Options => options;

    /// <summary>The rules as a transaction sees them.</summary>
    public async Task<LinkageRules> In(RecordTransaction transaction, CancellationToken cancellation)
    {
        var version = await WeightStore.Latest(transaction, cancellation);
        if (rules is { } known && known.Weights.Version == version) return known;
        return rules = new(version == 0 ? MatchWeights.Default(options.Population) : await WeightStore.Read(transaction, version, cancellation), options);
    }
}

using Bench.Load;

namespace Bench.Fhir;

/// <summary>What a row is compared with.</summary>
internal enum Baseline
{
    None,
    Read,
    Insert,
}

/// <summary>One row of the table.</summary>
/// <param name="Key">Its name for <c>--only</c>.</param>
/// <param name="What">What a reader sees.</param>
/// <param name="Exchanges">The requests, asked round and round.</param>
/// <param name="Baseline">Which raw baseline it is a ratio to.</param>
/// <param name="Target">What is to be reached at 16 connections, of its unit a second.</param>
internal sealed record Row(string Key, string What, IReadOnlyList<Exchange> Exchanges, Baseline Baseline, int Target)
{
    /// <summary>What is counted.</summary>
    public string Unit { get; init; } = "requests";

    /// <summary>How many of the unit a request brings.</summary>
    public double PerRequest { get; init; } = 1;

    /// <summary>Whether each request is asked once, not round and round for a time.</summary>
    public bool Once { get; init; }
}

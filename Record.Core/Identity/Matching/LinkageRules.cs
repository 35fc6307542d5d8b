using System.ComponentModel.DataAnnotations;

namespace Record.Core.Identity.Matching;

/// <summary>What happens to a pair of records.</summary>
public enum Zone
{
    /// <summary>Two people, as far as can be seen.</summary>
    None,

    /// <summary>A steward has to look.</summary>
    Review,

    /// <summary>One person, without asking.</summary>
    Auto,
}

/// <summary>Where the zones begin, in bits: the logarithm (base 2) of the odds that two records are one person.</summary>
public sealed class LinkageOptions
{
    /// <summary>Pairs from this weight link by themselves, unless something speaks against it. 5 to 40; 9 unless set (odds of five hundred to one).</summary>
    [Range(5.0, 40.0)]
    public double AutoFrom { get; init; } = 9;

    /// <summary>Pairs from this weight are shown to a steward. -10 to 20; -3 unless set (one in nine).</summary>
    [Range(-10.0, 20.0)]
    public double ReviewFrom { get; init; } = -3;

    /// <summary>Records that one key may bring to be compared. 10 to 10,000; 200 unless set.</summary>
    [Range(10, 10_000)]
    public int LargestBlock { get; init; } = 200;

    /// <summary>The same for the broad keys (a sound and a year, a postcode), which find little that the narrow ones do not. 10 to 10,000; 60 unless set.</summary>
    [Range(10, 10_000)]
    public int LargestBroadBlock { get; init; } = 60;

    /// <summary>How many people there may be, until weights have been estimated. 1,000 to 100 million; 1.2 million unless set.</summary>
    [Range(1_000, 100_000_000)]
    public int Population { get; init; } = 1_200_000;
}

/// <summary>A scored pair.</summary>
/// <param name="Comparison">How far each field agrees.</param>
/// <param name="Weight">The logarithm (base 2) of the odds that both are one person.</param>
/// <param name="Zone">What happens to it.</param>
/// <param name="Reason">Why: a stable word.</param>
public sealed record MatchScore(Comparison Comparison, double Weight, Zone Zone, string Reason)
{
    /// <summary>The chance that both are one person, as the weights have it.</summary>
    public double Chance => 1 / (1 + double.Exp2(-Weight));
}

/// <summary>Decides a pair: first what is certain, then what is likely; and what never links by itself, however likely.</summary>
public sealed class LinkageRules(MatchWeights weights, LinkageOptions options)
{
    /// <summary>The weights in use.</summary>
    public MatchWeights Weights => weights;

    /// <summary>The thresholds in use.</summary>
    public LinkageOptions Options => options;

    /// <summary>Scores a pair.</summary>
    public MatchScore Score(MatchSubject a, MatchSubject b)
    {
        var comparison = SubjectComparison.Compare(a, b);
        var weight = weights.Weight(comparison, a, b);
        var (zone, reason) = Judge(comparison, weight);
        if (zone == Zone.Auto && comparison[MatchField.NhsNumber] < MatchLevel.Equivalent && (a.IsUnnamed || b.IsUnnamed)) (zone, reason) = (Zone.Review, "unnamed");
        return new(comparison, weight, zone, reason);
    }

    private (Zone Zone, string Reason) Judge(Comparison fields, double weight)
    {
        if (fields[MatchField.NhsNumber] >= MatchLevel.Equivalent) // verified by both
            return DemographicsAgree(fields) ? (Zone.Auto, "nhs-number") : (Zone.Review, "nhs-number-other-person");
        if (weight < options.ReviewFrom) return (Zone.None, "weight");
        if (AreHousehold(fields)) return (Zone.None, "household");
        if (weight < options.AutoFrom) return (Zone.Review, "weight");
        return Objection(fields, weight) is { } objection ? (Zone.Review, objection) : (Zone.Auto, "weight");
    }

    // Another given name and another birth date: people who share a home, however much of it they share.
    private static bool AreHousehold(Comparison fields) =>
        fields[MatchField.Given] == MatchLevel.Different && fields[MatchField.BirthDate] is MatchLevel.Conflict or MatchLevel.Different or MatchLevel.Part
        && fields[MatchField.Identifier] < MatchLevel.Close && fields[MatchField.NhsNumber] is MatchLevel.Missing or MatchLevel.Conflict or MatchLevel.Different;

    // The whole date of birth, or nearly and a name.
    private static bool DemographicsAgree(Comparison fields)
    {
        var (born, given, family) = (fields[MatchField.BirthDate], fields[MatchField.Given], fields[MatchField.Family]);
        var named = given > MatchLevel.Different || family > MatchLevel.Different || given == MatchLevel.Missing && family == MatchLevel.Missing;
        return born == MatchLevel.Exact && (named || family == MatchLevel.Missing || given == MatchLevel.Missing)
            || born is MatchLevel.Swapped or MatchLevel.Close && given > MatchLevel.Part && family > MatchLevel.Different;
    }

    // Found in the same place, by the same telephone or address.
    private static bool IsReachedAlike(Comparison fields) =>
        fields[MatchField.Email] >= MatchLevel.Close || fields[MatchField.Phone] >= MatchLevel.Close || fields[MatchField.Postcode] >= MatchLevel.Close || fields[MatchField.Address] >= MatchLevel.Close;

    /// <summary>What keeps a likely pair from linking by itself; null: nothing.</summary>
    private string? Objection(Comparison fields, double weight)
    {
        var (born, given, family) = (fields[MatchField.BirthDate], fields[MatchField.Given], fields[MatchField.Family]);
        if (fields[MatchField.NhsNumber] == MatchLevel.Conflict) return "nhs-number-conflict";
        // A number of one's own outweighs one field that differs, not two.
        var differ = (born is MatchLevel.Conflict or MatchLevel.Different or MatchLevel.Part ? 1 : 0) + (given == MatchLevel.Different ? 1 : 0) + (family == MatchLevel.Different ? 1 : 0);
        if (fields[MatchField.Identifier] == MatchLevel.Exact && differ <= 1) return null;
        if (given == MatchLevel.Different) return "given-name"; // twins, siblings, a couple
        if (given == MatchLevel.Part && born < MatchLevel.Close) return "given-name";
        if (born == MatchLevel.Conflict) return "birth-date"; // parent and child of one name
        if (given == MatchLevel.Swapped && born < MatchLevel.Close && !IsReachedAlike(fields)) return "swapped-names"; // in some languages both are names of either kind
        if (born == MatchLevel.Different && (given < MatchLevel.Similar || given < MatchLevel.Equivalent && fields[MatchField.Email] < MatchLevel.Close || family == MatchLevel.Different || weight < options.AutoFrom + 6)) return "birth-date";
        if (born == MatchLevel.Part && (family == MatchLevel.Different || weight < options.AutoFrom + 3)) return "birth-date";
        if (fields[MatchField.Sex] == MatchLevel.Different && given < MatchLevel.Swapped) return "sex";
        if (family == MatchLevel.Different && given < MatchLevel.Equivalent) return "family-name";
        return null;
    }
}

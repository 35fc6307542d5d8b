using System.Collections.ObjectModel;

namespace Record.Core.FhirPath;

/// <summary>What an evaluation knows beyond its context: variables, time, and how to reach other resources.</summary>
public sealed record FhirPathEnvironment
{
    /// <summary>What is used when nothing is given.</summary>
    public static FhirPathEnvironment Default { get; } = new();

    /// <summary><c>%rootResource</c>: the resource that contains <c>%resource</c>; <c>%resource</c> itself unless set.</summary>
    public FhirPathNode? RootResource { get; init; }

    /// <summary>Further <c>%variables</c> by name, without the percent sign.</summary>
    public IReadOnlyDictionary<string, FhirPathNode> Variables { get; init; } = ReadOnlyDictionary<string, FhirPathNode>.Empty;

    /// <summary>Where <c>now()</c>, <c>today()</c> and <c>timeOfDay()</c> come from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Finds what a reference means when it is neither <c>#contained</c> nor an entry of the surrounding Bundle; null if it is not known.</summary>
    public Func<string, FhirPathNode?>? Resolve { get; init; }

    /// <summary>Answers <c>conformsTo(profile)</c> for profiles other than the R4 types' own; null for a profile it does not know.</summary>
    public Func<FhirPathNode, string, bool?>? ConformsTo { get; init; }

    /// <summary>Hears <c>trace(name, …)</c>. Nothing is kept or written unless this is set: the items are patient data.</summary>
    public Action<string, IReadOnlyList<FhirPathNode>>? Trace { get; init; }

    /// <summary>Whether an element that its type does not have, and <c>as</c> over several items, are errors; otherwise they give nothing and filter.</summary>
    public bool Strict { get; init; }

    /// <summary>How many items and comparisons one evaluation may touch before it is given up. One million unless set.</summary>
    public int MaxSteps { get; init; } = 1_000_000;
}

using Record.Core.FhirPath;

namespace Record.Core.Validation.Definitions;

/// <summary>A constraint of R4. Cheap where it can be decided by what is there and what is not; else FHIRPath.</summary>
internal sealed class Invariant(string key, bool isError, string expression, string human)
{
    private readonly Lazy<FhirPathExpression> compiled = new(() => FhirPathExpression.Compile(expression));

    public string Key { get; } = key;

    public bool IsError { get; } = isError;

    public string Expression { get; } = expression;

    public string Human { get; } = human;

    public FhirPathExpression Compiled => compiled.Value;

    /// <summary>Whether it puts values in order, which has no answer where they cannot be compared.</summary>
    public bool Compares { get; } = expression.Contains(" <", StringComparison.Ordinal) || expression.Contains(" >", StringComparison.Ordinal);

    /// <summary>What presence alone says of it; null on the shared instance, set where the type's elements are known.</summary>
    public Presence? Presence { get; init; }

    /// <summary>Its form in C#, if it has one.</summary>
    public NativeRule? Native { get; init; }

    /// <summary>The same for one type, whose elements have numbers.</summary>
    public Invariant For(IReadOnlyList<ElementRule> elements) =>
        new(Key, IsError, Expression, Human) { Presence = Presence.Of(Expression, elements), Native = NativeRules.Find(Key, Expression) };
}

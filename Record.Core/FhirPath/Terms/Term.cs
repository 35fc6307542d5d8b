using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Terms;

/// <summary>Adds the items of an expression to a list.</summary>
internal delegate void Collect(Evaluation run, NodeList into);

/// <summary>Answers an expression that is a question: true, false, or null for empty.</summary>
internal delegate bool? Decide(Evaluation run);

/// <summary>A compiled expression: three ways to ask it, the later two without making a list where possible.</summary>
internal sealed class Term
{
    private Term(Collect collect, Decide decide, Func<Evaluation, bool> exists) => (Collect, Decide, Exists) = (collect, decide, exists);

    public Collect Collect { get; }

    public Decide Decide { get; }

    public Func<Evaluation, bool> Exists { get; }

    /// <summary>The System value of a literal.</summary>
    public object? Constant { get; private init; }

    /// <summary>Computes the System value without a list, if the term gives one; null otherwise.</summary>
    public Func<Evaluation, object?>? Compute { get; private init; }

    /// <summary>Whether the term gives a Boolean or nothing.</summary>
    public bool IsQuestion { get; private init; }

    /// <summary>A term that gives items.</summary>
    public static Term Of(Collect collect, Func<Evaluation, bool>? exists = null) =>
        new(collect, run => Singleton(run, collect), exists ?? (run => Any(run, collect)));

    /// <summary>A term that answers a question.</summary>
    public static Term OfQuestion(Decide decide) => new(
        (run, into) =>
        {
            if (decide(run) is { } answer) into.Add(FhirPathNode.OfBoolean(answer));
        },
        decide,
        run => decide(run) is not null)
    {
        IsQuestion = true,
        Compute = run => decide(run) switch { null => null, true => Scalars.True, false => Scalars.False },
    };

    /// <summary>A term that computes one System value, or null for empty.</summary>
    public static Term OfValue(Func<Evaluation, object?> compute)
    {
        Collect collect = (run, into) =>
        {
            if (Paid(run) is { } value) into.Add(FhirPathNode.OfValue(value));
        };
        return new(collect, run => Paid(run) is { } value ? value as bool? ?? true : null, run => Paid(run) is not null) { Compute = Paid };

        object? Paid(Evaluation run)
        {
            var value = compute(run);
            if (value is string text) run.Spend(text.Length / 16); // texts that grow step by step
            return value;
        }
    }

    /// <summary>A literal.</summary>
    public static Term OfConstant(object value)
    {
        var node = FhirPathNode.OfValue(value);
        return new((_, into) => into.Add(node), _ => value as bool? ?? true, _ => true) { Constant = value };
    }

    // http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections: one item that is no Boolean counts as true.
    private static bool? Singleton(Evaluation run, Collect collect)
    {
        var list = run.Rent();
        collect(run, list);
        bool? answer = list.Count switch
        {
            0 => null,
            1 => list[0].Type.Kind == ScalarKind.Boolean ? Scalars.Of(list[0]) as bool? : true,
            _ => throw Evaluation.Several(list.Count),
        };
        run.Return(list);
        return answer;
    }

    private static bool Any(Evaluation run, Collect collect)
    {
        var list = run.Rent();
        collect(run, list);
        var any = list.Count > 0;
        run.Return(list);
        return any;
    }
}

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
        run => decide(run) is not null);

    /// <summary>A term that computes one System value, or null for empty.</summary>
    public static Term OfValue(Func<Evaluation, object?> compute) => Of((run, into) =>
    {
        if (compute(run) is { } value) into.Add(FhirPathNode.OfValue(value));
    });

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

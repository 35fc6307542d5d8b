using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Syntax;

namespace Record.Core.FhirPath;

/// <summary>A compiled FHIRPath expression (N1, http://hl7.org/fhirpath/N1, with R4's functions). Compile once, use from any thread.</summary>
public sealed class FhirPathExpression
{
    private readonly Term term;

    private FhirPathExpression(string text, Term term) => (Text, this.term) = (text, term);

    /// <summary>What was compiled.</summary>
    public string Text { get; }

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="FhirPathException">It is not FHIRPath, or uses a function or type that does not exist or is not supported, which the message names.</exception>
    public static FhirPathExpression Compile(string text) => new(text, new Compiler().Compile(Parser.Parse(text)));

    /// <summary>The items that the expression selects or computes.</summary>
    /// <param name="context">What it starts at: <c>%context</c>, the first <c>$this</c>.</param>
    /// <param name="resource"><c>%resource</c>: the resource that holds the context; the context itself unless given.</param>
    /// <param name="environment">Variables, time and limits.</param>
    /// <exception cref="FhirPathException">An operand has the wrong type or number of items, or a limit was reached.</exception>
    public IReadOnlyList<FhirPathNode> Evaluate(FhirPathNode context, FhirPathNode? resource = null, FhirPathEnvironment? environment = null)
    {
        var run = Evaluation.Start(context, resource, environment);
        var list = run.Rent();
        term.Collect(run, list);
        var items = list.ToArray();
        run.Return(list);
        run.End();
        return items;
    }

    /// <summary>The answer to a question: true, false, or null if it cannot be decided (an empty result, such as a comparison of a year with one of its days).</summary>
    /// <inheritdoc cref="Evaluate(FhirPathNode, FhirPathNode?, FhirPathEnvironment?)"/>
    public bool? Decide(FhirPathNode context, FhirPathNode? resource = null, FhirPathEnvironment? environment = null)
    {
        var run = Evaluation.Start(context, resource, environment);
        var answer = term.Decide(run);
        run.End();
        return answer;
    }

    /// <summary>
    /// Whether an invariant holds: an empty result counts as true, because nothing is broken by what cannot be decided.
    /// R4's own invariants need that: ref-1 is empty for every Reference that has only a display, rng-2 for units that cannot be compared,
    /// per-1 for a year and one of its days. Who wants empty to be a failure, as HL7's Java validator does, asks <see cref="Decide"/>.
    /// </summary>
    /// <inheritdoc cref="Evaluate(FhirPathNode, FhirPathNode?, FhirPathEnvironment?)"/>
    public bool IsTrue(FhirPathNode context, FhirPathNode? resource = null, FhirPathEnvironment? environment = null) =>
        Decide(context, resource, environment) != false;
}

using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Terms;

/// <summary>One evaluation: where it stands (<c>$this</c>, <c>$index</c>, <c>$total</c>), what it knows, and what it may still spend.</summary>
internal sealed class Evaluation
{
    private const int LargestKept = 1024;
    private const int MostKept = 32;

    [ThreadStatic]
    private static Evaluation? idle;

    private readonly Stack<NodeList> free = new();
    private int steps;
    private DateTimeOffset? now;

    /// <summary><c>$this</c>; none in an empty collection.</summary>
    public FhirPathNode This;

    /// <summary><c>$index</c></summary>
    public int Index;

    /// <summary><c>$total</c>, inside <c>aggregate</c>.</summary>
    public NodeList? Total;

    /// <summary><c>%context</c></summary>
    public FhirPathNode Context;

    /// <summary><c>%resource</c></summary>
    public FhirPathNode Resource;

    public FhirPathEnvironment Environment { get; private set; } = FhirPathEnvironment.Default;

    public FhirPathNode RootResource => Environment.RootResource ?? Resource;

    /// <summary>The moment of this evaluation, the same however often it is asked for.</summary>
    public DateTimeOffset Now => now ??= Environment.Time.GetLocalNow();

    /// <summary>Takes one that is idle on this thread, or a new one.</summary>
    public static Evaluation Start(in FhirPathNode context, FhirPathNode? resource, FhirPathEnvironment? environment)
    {
        var run = idle ?? new();
        idle = null; // an evaluation inside this one, through a hook, gets its own
        run.Environment = environment ?? FhirPathEnvironment.Default;
        run.This = run.Context = context;
        run.Resource = resource ?? context;
        run.steps = run.Environment.MaxSteps;
        return run;
    }

    /// <summary>Forgets everything; one that failed is not used again.</summary>
    public void End()
    {
        This = Context = Resource = default;
        (Index, Total, now, Environment) = (0, null, null, FhirPathEnvironment.Default);
        idle = this;
    }

    /// <summary>An empty list; give it back.</summary>
    public NodeList Rent() => free.TryPop(out var list) ? list : new();

    public void Return(NodeList list)
    {
        list.Clear();
        if (list.Capacity <= LargestKept && free.Count < MostKept) free.Push(list);
    }

    /// <summary>Counts what is touched.</summary>
    /// <exception cref="FhirPathException">The limit is reached.</exception>
    public void Spend(int count = 1)
    {
        if ((steps -= count) < 0) throw new FhirPathException($"The evaluation takes more than {Environment.MaxSteps} steps.");
    }

    /// <summary>The System value of an argument; null if it is empty.</summary>
    /// <exception cref="FhirPathException">It has several items.</exception>
    public object? Scalar(Term term)
    {
        if (term.Constant is { } constant) return constant;
        if (term.Compute is { } compute) return compute(this);
        var list = Rent();
        term.Collect(this, list);
        var value = list.Count switch
        {
            0 => null,
            1 => ValueOf(list[0]),
            _ => throw Several(list.Count),
        };
        Return(list);
        return value;
    }

    /// <summary>The System value of an item; null if it is a primitive without value.</summary>
    /// <exception cref="FhirPathException">It is of a type that has no value, such as a HumanName.</exception>
    public static object? ValueOf(in FhirPathNode node) =>
        Scalars.Of(node) ?? (node.Type.Kind != ScalarKind.None ? null : throw new FhirPathException($"A {node.TypeName} has no value."));

    /// <summary>What is thrown where one item is expected.</summary>
    public static FhirPathException Several(int count) => new($"One item is expected, there are {count}.");
}

using Record.Core.FhirPath.Functions;
using Record.Core.FhirPath.Syntax;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Terms;

/// <summary>Turns an expression into a term. Names of types and functions are settled here, elements when they are met.</summary>
internal sealed class Compiler
{
    private const int MaxDepth = 500; // also bounds the depth of every evaluation
    private int depth;

    /// <summary><c>$this</c></summary>
    public static Term This { get; } = Term.Of(
        (run, into) =>
        {
            if (!run.This.IsNone) into.Add(run.This);
        },
        run => !run.This.IsNone);

    public Term Compile(Expression expression)
    {
        if (++depth > MaxDepth) throw new FhirPathException("The expression is nested too deeply", expression.Position);
        var term = expression switch
        {
            Expression.Empty => Term.Of((_, _) => { }, _ => false),
            Expression.Literal literal => Term.OfConstant(literal.Value),
            Expression.Variable variable => Variables.Compile(variable.Name),
            Expression.Special special => Special(special.Name),
            Expression.Member member => Path(member),
            Expression.Call call => FunctionTable.Compile(new(this, call)),
            Expression.Indexer indexer => Indexer(Compile(indexer.Target), Compile(indexer.Index)),
            Expression.Signed signed => Operators.Sign(signed.Negative, Compile(signed.Operand)),
            Expression.OfType type => TypeTest.Compile(Compile(type.Operand), type.Type, type.As ? TypeUse.As : TypeUse.Is, type.Position),
            Expression.Binary binary => Operators.Compile(binary.Operator, Compile(binary.Left), Compile(binary.Right)),
            _ => throw new FhirPathException("This expression is not supported", expression.Position),
        };
        depth--;
        return term;
    }

    private static Term Special(string name) => name switch
    {
        "this" => This,
        "index" => Term.OfValue(run => run.Index),
        _ => Term.Of((run, into) =>
        {
            if (run.Total is { } total) into.AddRange(total, 0, total.Count);
        }),
    };

    private Term Path(Expression.Member last)
    {
        var names = new List<MemberStep>();
        Expression? target = last;
        for (; target is Expression.Member member; target = member.Target) names.Insert(0, new(member.Name));
        if (target is not null) return new MemberPath(Compile(target), null, [.. names]).ToTerm();
        var root = char.IsAsciiLetterUpper(names[0].Name[0]) ? FhirTypes.Find(names[0].Name) : null;
        return new MemberPath(null, root, [.. root is null ? names : names.Skip(1)]).ToTerm();
    }

    private static Term Indexer(Term target, Term index) => Term.Of((run, into) =>
    {
        var list = run.Rent();
        target.Collect(run, list);
        if (run.Scalar(index) is int at && at >= 0 && at < list.Count) into.Add(list[at]);
        run.Return(list);
    });
}

using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Syntax;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>A call of a function: what it is applied to, and its arguments.</summary>
internal sealed class Call(Compiler compiler, Expression.Call source)
{
    public string Name => source.Name;

    public int Position => source.Position;

    public int Count => source.Arguments.Count;

    /// <summary>What stands before the dot; <c>$this</c> without one.</summary>
    public Term Target { get; } = source.Target is null ? Compiler.This : compiler.Compile(source.Target);

    public Expression Source(int index) => source.Arguments[index];

    /// <summary>An argument. It is evaluated where the call stands, unless the function moves <c>$this</c>.</summary>
    public Term Argument(int index) => compiler.Compile(source.Arguments[index]);

    public Term Compile(Expression expression) => compiler.Compile(expression);

    /// <summary>An argument that names a type.</summary>
    public string TypeName(int index)
    {
        var name = "";
        Expression? part = source.Arguments[index];
        for (; part is Expression.Member member; part = member.Target) name = name.Length == 0 ? member.Name : member.Name + "." + name;
        return part is null ? name : throw new FhirPathException($"{Name}() needs the name of a type", Position);
    }

    /// <summary>A function of one value: empty for empty, an error for several.</summary>
    public Term Value(Func<Evaluation, object, object?> compute)
    {
        var target = Target;
        return Term.OfValue(run => run.Scalar(target) is { } value ? compute(run, value) : null);
    }

    /// <summary>A function of one text.</summary>
    public Term Text(Func<Evaluation, string, object?> compute) => Value((run, value) => compute(run, TextOf(value)));

    /// <summary>A function of one text and one text argument; empty if either is.</summary>
    public Term Texts(Func<string, string, object?> compute)
    {
        var argument = Argument(0);
        return Text((run, text) => run.Scalar(argument) is { } other ? compute(text, TextOf(other)) : null);
    }

    /// <summary>A function of one number.</summary>
    public Term Number(Func<Evaluation, object, object?> compute) =>
        Value((run, value) => value is int or decimal or Quantity ? compute(run, value) : throw Wrong(value, "a number"));

    public string TextOf(object value) => value switch
    {
        string text => text,
        Temporal time => time.ToString(), // FHIR's dates are texts too
        _ => throw Wrong(value, "a text"),
    };

    public int Integer(object value) => value as int? ?? throw Wrong(value, "an integer");

    private FhirPathException Wrong(object value, string expected) => new($"{Name}() needs {expected}, not a {Scalars.TypeOf(value).Name}", Position);
}

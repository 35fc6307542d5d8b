namespace Record.Core.FhirPath.Syntax;

/// <summary>An expression as written. http://hl7.org/fhirpath/N1/grammar.html</summary>
internal abstract record Expression(int Position)
{
    /// <summary><c>{}</c></summary>
    public sealed record Empty(int Position) : Expression(Position);

    /// <summary>A System value.</summary>
    public sealed record Literal(object Value, int Position) : Expression(Position);

    /// <summary><c>%name</c></summary>
    public sealed record Variable(string Name, int Position) : Expression(Position);

    /// <summary><c>$this</c>, <c>$index</c>, <c>$total</c></summary>
    public sealed record Special(string Name, int Position) : Expression(Position);

    /// <summary><c>target.name</c>; without a target it starts at <c>$this</c>.</summary>
    public sealed record Member(Expression? Target, string Name, int Position) : Expression(Position);

    /// <summary><c>target.name(arguments)</c></summary>
    public sealed record Call(Expression? Target, string Name, IReadOnlyList<Expression> Arguments, int Position) : Expression(Position);

    /// <summary><c>target[index]</c></summary>
    public sealed record Indexer(Expression Target, Expression Index, int Position) : Expression(Position);

    /// <summary><c>-operand</c>, <c>+operand</c></summary>
    public sealed record Signed(bool Negative, Expression Operand, int Position) : Expression(Position);

    /// <summary><c>left operator right</c></summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right, int Position) : Expression(Position);

    /// <summary><c>operand is Type</c>, <c>operand as Type</c></summary>
    public sealed record OfType(bool As, Expression Operand, string Type, int Position) : Expression(Position);
}

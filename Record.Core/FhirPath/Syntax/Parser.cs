using System.Globalization;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Syntax;

/// <summary>Reads an expression by precedence climbing. http://hl7.org/fhirpath/N1/#operator-precedence</summary>
internal sealed class Parser
{
    private const int MaxLength = 100_000;
    private const int MaxDepth = 200;

    private static readonly Dictionary<string, int> Strength = new()
    {
        ["implies"] = 1,
        ["or"] = 2, ["xor"] = 2,
        ["and"] = 3,
        ["in"] = 4, ["contains"] = 4,
        ["="] = 5, ["~"] = 5, ["!="] = 5, ["!~"] = 5,
        ["<"] = 6, ["<="] = 6, [">"] = 6, [">="] = 6,
        ["|"] = 7,
        ["is"] = 8, ["as"] = 8,
        ["+"] = 9, ["-"] = 9, ["&"] = 9,
        ["*"] = 10, ["/"] = 10, ["div"] = 10, ["mod"] = 10,
    };

    private readonly List<Token> tokens;
    private int at;
    private int depth;

    private Parser(List<Token> tokens) => this.tokens = tokens;

    private Token Current => tokens[at];

    /// <summary>Parses a whole text.</summary>
    public static Expression Parse(string text)
    {
        if (text.Length > MaxLength) throw new FhirPathException($"The expression is longer than {MaxLength} characters", MaxLength);
        var parser = new Parser(Lexer.Read(text));
        var expression = parser.Binary(1);
        if (parser.Current.Kind != TokenKind.End) throw parser.Unexpected();
        return expression;
    }

    private Expression Binary(int least)
    {
        Enter();
        var left = Signed();
        while (Operator(out var word) && Strength[word] is var strength && strength >= least)
        {
            var position = Current.Position;
            at++;
            left = word is "is" or "as"
                ? new Expression.OfType(word == "as", left, TypeName(), position)
                : new Expression.Binary(word, left, Binary(strength + 1), position);
        }

        depth--;
        return left;
    }

    private bool Operator(out string word)
    {
        word = Current.Text;
        return Current.Kind is TokenKind.Symbol or TokenKind.Name && Strength.ContainsKey(word);
    }

    private Expression Signed()
    {
        var token = Current;
        if (!token.Is("-") && !token.Is("+")) return Invocations();
        at++;
        Enter();
        var operand = Signed();
        depth--;
        return new Expression.Signed(token.Text == "-", operand, token.Position);
    }

    private Expression Invocations()
    {
        var target = Primary();
        while (true)
        {
            var position = Current.Position;
            if (Take("."))
            {
                target = Invocation(target);
            }
            else if (Take("["))
            {
                target = new Expression.Indexer(target, Binary(1), position);
                Expect("]");
            }
            else return target;
        }
    }

    private Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Text:
                at++;
                return new Expression.Literal(token.Text, token.Position);
            case TokenKind.Number:
                at++;
                return Number(token);
            case TokenKind.Temporal:
                at++;
                return new Expression.Literal(Temporal.ParseLiteral(token.Text) ?? throw new FhirPathException($"@{token.Text} is not a date or time", token.Position), token.Position);
            case TokenKind.Variable:
                at++;
                return new Expression.Variable(token.Text, token.Position);
            case TokenKind.Symbol when Take("("):
                var inner = Binary(1);
                Expect(")");
                return inner;
            case TokenKind.Symbol when Take("{"):
                Expect("}");
                return new Expression.Empty(token.Position);
            case TokenKind.Name when token.Text is "true" or "false":
                at++;
                return new Expression.Literal(token.Text == "true", token.Position);
            default:
                return Invocation(null);
        }
    }

    private Expression Invocation(Expression? target)
    {
        var token = Current;
        if (token.Kind == TokenKind.Special)
        {
            at++;
            return target is null ? new Expression.Special(token.Text, token.Position) : throw new FhirPathException($"${token.Text} stands alone", token.Position);
        }

        if (token.Kind is not (TokenKind.Name or TokenKind.DelimitedName)) throw Unexpected();
        at++;
        return Take("(")
            ? new Expression.Call(target, token.Text, Arguments(), token.Position)
            : new Expression.Member(target, token.Text, token.Position);
    }

    private List<Expression> Arguments()
    {
        var arguments = new List<Expression>();
        if (Take(")")) return arguments;
        do arguments.Add(Binary(1));
        while (Take(","));
        Expect(")");
        return arguments;
    }

    // A number, or a quantity if a unit follows: 4 days, 4 'mg'.
    private Expression.Literal Number(Token token)
    {
        if (!decimal.TryParse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw new FhirPathException("The number is too large", token.Position);
        var unit = Current;
        if (unit.Kind == TokenKind.Text || (unit.Kind == TokenKind.Name && Quantity.IsCalendar(unit.Text)))
        {
            at++;
            return new(new Quantity(value, unit.Text, unit.Kind == TokenKind.Name), token.Position);
        }

        if (token.Text.Contains('.', StringComparison.Ordinal)) return new(value, token.Position);
        return value <= int.MaxValue ? new((int)value, token.Position) : throw new FhirPathException("The integer is larger than 2147483647", token.Position);
    }

    private string TypeName()
    {
        var name = Name();
        while (Take(".")) name += "." + Name();
        return name;
    }

    private string Name()
    {
        if (Current.Kind is not (TokenKind.Name or TokenKind.DelimitedName)) throw Unexpected();
        return tokens[at++].Text;
    }

    private bool Take(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol)) throw new FhirPathException($"'{symbol}' is missing before {Shown()}", Current.Position);
    }

    private void Enter()
    {
        if (++depth > MaxDepth) throw new FhirPathException("The expression is nested too deeply", Current.Position);
    }

    private FhirPathException Unexpected() => new($"{Shown()} does not belong here", Current.Position);

    private string Shown() => Current.Kind == TokenKind.End ? "the end" : $"'{Current.Text}'";
}

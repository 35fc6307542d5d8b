using System.Globalization;
using System.Text;

namespace Record.Core.FhirPath.Syntax;

/// <summary>Cuts an expression into tokens. http://hl7.org/fhirpath/N1/#lexical-elements</summary>
internal sealed class Lexer
{
    private const string Symbols = "().,[]{}+-*/&|=~<>!";
    private readonly string text;
    private int at;

    private Lexer(string text) => this.text = text;

    /// <summary>All tokens, the last one <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Read(string text)
    {
        var lexer = new Lexer(text);
        var tokens = new List<Token>();
        do tokens.Add(lexer.Next());
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private char Current => at < text.Length ? text[at] : '\0';

    private Token Next()
    {
        SkipBlanks();
        var start = at;
        if (at == text.Length) return new(TokenKind.End, "the end", start);

        var c = Current;
        if (char.IsAsciiLetter(c) || c == '_') return new(TokenKind.Name, Word(), start);
        if (char.IsAsciiDigit(c)) return new(TokenKind.Number, Number(), start);
        return c switch
        {
            '`' => new(TokenKind.DelimitedName, Quoted('`'), start),
            '\'' => new(TokenKind.Text, Quoted('\''), start),
            '@' => new(TokenKind.Temporal, Temporal(), start),
            '%' => new(TokenKind.Variable, Variable(), start),
            '$' => new(TokenKind.Special, Special(), start),
            _ when Symbols.Contains(c, StringComparison.Ordinal) => new(TokenKind.Symbol, Symbol(), start),
            _ => throw new FhirPathException($"'{c}' does not belong here", start),
        };
    }

    private void SkipBlanks()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(Current)) at++;
            else if (text.AsSpan(at).StartsWith("//")) at = text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;
            else if (text.AsSpan(at).StartsWith("/*")) SkipComment();
            else return;
        }
    }

    private void SkipComment()
    {
        var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0) throw new FhirPathException("A comment is not closed", at);
        at = end + 2;
    }

    private string Word()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '_') at++;
        return text[start..at];
    }

    private string Number()
    {
        var start = at;
        while (char.IsAsciiDigit(Current)) at++;
        if (Current == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            while (char.IsAsciiDigit(Current)) at++;
        }

        return text[start..at];
    }

    private string Symbol()
    {
        var two = at + 1 < text.Length ? text.AsSpan(at, 2) : default;
        var length = two is "<=" or ">=" or "!=" or "!~" ? 2 : 1;
        if (length == 1 && Current == '!') throw new FhirPathException("'!' does not belong here", at);
        at += length;
        return text[(at - length)..at];
    }

    // @2015, @2015-02-04T14:34:28.123+10:00, @T14:34: a dot belongs to it only before a digit.
    private string Temporal()
    {
        var start = ++at;
        while (char.IsAsciiDigit(Current) || Current is '-' or ':' or 'T' or 'Z' or '+' || (Current == '.' && InFraction(start)))
        {
            if (Current is '-' or '+' && !Continues(start)) break;
            at++;
        }

        return text[start..at];
    }

    private bool InFraction(int start) =>
        at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]) && text.AsSpan(start, at - start).Contains(':');

    // A sign without a digit right after it is an operator: @2015-02-04 - 1 day.
    private bool Continues(int start) =>
        at > start && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])
        && (Current == '-' || text.AsSpan(start, at - start).Contains('T'));

    private string Variable()
    {
        at++;
        if (Current is '`' or '\'') return Quoted(Current);
        if (char.IsAsciiLetter(Current) || Current == '_') return Word();
        throw new FhirPathException("'%' needs a name", at - 1);
    }

    private string Special()
    {
        at++;
        var word = Word();
        return word is "this" or "index" or "total" ? word : throw new FhirPathException("'$' needs this, index or total", at - word.Length - 1);
    }

    private string Quoted(char quote)
    {
        var start = at++;
        var result = new StringBuilder();
        while (Current != quote)
        {
            if (at >= text.Length) throw new FhirPathException("A quotation is not closed", start);
            result.Append(Current == '\\' ? Escape() : text[at++]);
        }

        at++;
        return result.ToString();
    }

    private char Escape()
    {
        if (at + 1 >= text.Length) throw new FhirPathException("A quotation is not closed", at);
        var c = text[at + 1];
        at += 2;
        if (c != 'u') return c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', _ => c };
        if (at + 4 > text.Length || !ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            throw new FhirPathException("\\u needs four hexadecimal digits", at - 2);
        at += 4;
        return (char)unit;
    }
}

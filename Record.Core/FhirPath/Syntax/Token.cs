namespace Record.Core.FhirPath.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    Symbol,
    Name,
    DelimitedName,
    Text,
    Number,
    Temporal,
    Variable,
    Special,
}

/// <summary>One token: its text without quotes and escapes, and where it starts.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>Whether this is a word of the language (<c>and</c>, <c>is</c> …); a word in backticks is a name.</summary>
    public bool IsWord(string word) => Kind == TokenKind.Name && Text == word;
}

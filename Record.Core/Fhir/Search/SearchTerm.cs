namespace Record.Core.Fhir;

/// <summary>How a number, quantity or date is compared. https://hl7.org/fhir/R4/search.html#prefix</summary>
internal enum SearchPrefix
{
    /// <summary>Equal, as precisely as written.</summary>
    Eq,

    /// <summary>Not equal.</summary>
    Ne,

    /// <summary>Greater.</summary>
    Gt,

    /// <summary>Less.</summary>
    Lt,

    /// <summary>Greater or equal.</summary>
    Ge,

    /// <summary>Less or equal.</summary>
    Le,

    /// <summary>Starts after.</summary>
    Sa,

    /// <summary>Ends before.</summary>
    Eb,

    /// <summary>Approximately: within a tenth.</summary>
    Ap,
}

/// <summary>One of the values that a criterion allows.</summary>
internal abstract record SearchTerm
{
    /// <summary>A code: no system is any system, an empty one is none; no code is any of the system.</summary>
    public sealed record Token(string? System, string? Code) : SearchTerm;

    /// <summary>A string.</summary>
    public sealed record Text(string Value) : SearchTerm;

    /// <summary>A uri, or a reference as it is indexed.</summary>
    public sealed record Address(string Value) : SearchTerm;

    /// <summary>The instants that a date means, the end exclusive.</summary>
    public sealed record Date(SearchPrefix Prefix, DateTimeOffset From, DateTimeOffset Until) : SearchTerm;

    /// <summary>A number or a quantity; <paramref name="Half"/> is half of its last digit. No system or code is any.</summary>
    public sealed record Number(SearchPrefix Prefix, decimal Value, decimal Half, string? System, string? Code) : SearchTerm;

    /// <summary>Two values that stand together.</summary>
    public sealed record Pair(Token First, SearchTerm Second) : SearchTerm;

    /// <summary>A place and how many kilometres around it.</summary>
    public sealed record Near(double Latitude, double Longitude, double Kilometres) : SearchTerm;
}

namespace Record.Core.FhirPath.Values;

/// <summary>Keeps texts that an expression makes within bounds.</summary>
internal static class Texts
{
    /// <summary>The longest text that an expression may make.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>The text, unless it is too long.</summary>
    public static string Checked(string text) => text.Length <= MaxLength ? text : throw TooLong();

    /// <summary>What is thrown for a text that would be too long.</summary>
    public static FhirPathException TooLong() => new($"The expression makes a text of more than {MaxLength} characters.");
}

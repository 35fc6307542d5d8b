namespace Record.Core.FhirPath;

/// <summary>An expression that cannot be compiled, or that failed while it was evaluated. The message never quotes the data.</summary>
public sealed class FhirPathException : FormatException
{
    /// <summary>Makes the exception.</summary>
    public FhirPathException() : base("The FHIRPath expression failed.")
    {
    }

    /// <summary>Makes the exception.</summary>
    public FhirPathException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public FhirPathException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Makes the exception of a fault at a place of the text.</summary>
    public FhirPathException(string message, int position) : base($"{message} (at position {position})") => Position = position;

    /// <summary>Where in the expression's text, counted from 0; null if the fault has no place there.</summary>
    public int? Position { get; }
}

namespace Record.Core.Fhir;

/// <summary>How a question is to be read.</summary>
public sealed record SearchOptions
{
    /// <summary>Refuse what is not understood (<c>Prefer: handling=strict</c>); otherwise leave it out and say so.</summary>
    public bool Strict { get; init; }

    /// <summary>Matches a page when <c>_count</c> is not given; at most 1000.</summary>
    public int DefaultCount { get; init; } = 50;

    /// <summary>Address of this server, without a slash at its end: references to it are relative ones.</summary>
    public string? Base { get; init; }
}

/// <summary>Something to tell beside the matches; an issue of the bundle's OperationOutcome.</summary>
/// <param name="Severity"><c>warning</c> or <c>information</c>.</param>
/// <param name="Code">FHIR issue type: <c>not-supported</c>, <c>too-costly</c>, <c>informational</c>.</param>
/// <param name="Text">One sentence, without patient data.</param>
public sealed record SearchNote(string Severity, string Code, string Text);

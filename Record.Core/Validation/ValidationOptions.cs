namespace Record.Core.Validation;

/// <summary>Limits of a validation, and what to validate against.</summary>
public sealed record ValidationOptions
{
    /// <summary>What writes use.</summary>
    public static ValidationOptions Default { get; } = new();

    /// <summary>How deep JSON may nest; 100 unless set.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>How many JSON tokens one body may have, which bounds the memory used; five million unless set.</summary>
    public int MaxTokens { get; init; } = 5_000_000;

    /// <summary>How many issues are reported at most; 100 unless set.</summary>
    public int MaxIssues { get; init; } = 100;

    /// <summary>
    /// Whether a reference may be a search (<c>Patient?identifier=…</c>), as in the entries of a transaction before they are resolved.
    /// </summary>
    public bool ConditionalReferences { get; init; }

    /// <summary>Canonical addresses of profiles that a caller of <c>$validate</c> asked for.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];
}

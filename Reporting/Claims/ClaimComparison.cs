using Record.Core;

namespace Reporting.Claims;

/// <summary>Two claims that measure the same thing, and may stand in one sentence. There is no other way to make one.</summary>
internal sealed record ClaimComparison
{
    private ClaimComparison(Claim one, Claim other) => (One, Other) = (one, other);

    public Claim One { get; }
    public Claim Other { get; }

    /// <summary>One sentence with both values as stated; nothing is computed from them.</summary>
    public string Sentence =>
        $"{One.Measures}: {One.Value} ({One.Status.Text()}, {One.Document.Publisher}, {One.Document.Date}); "
        + $"{Other.Value} ({Other.Status.Text()}, {Other.Document.Publisher}, {Other.Document.Date}).";

    /// <summary>Refused unless both say what they measure, and it is the same.</summary>
    public static Result<ClaimComparison> Between(Claim one, Claim other) =>
        one.Measures is { } measure && measure == other.Measures ? new ClaimComparison(one, other) : ClaimErrors.NotLikeForLike(one, other);
}

internal static class ClaimErrors
{
    public static RecordError NotLikeForLike(Claim one, Claim other) => new(
        ErrorKind.Unprocessable, "claims.not-like-for-like",
        $"{one.Value} ({one.Measures ?? one.Statement}) and {other.Value} ({other.Measures ?? other.Statement}) do not measure the same thing, so they are not compared.");

    public static RecordError Invalid(IEnumerable<string> faults) => new(
        ErrorKind.Invalid, "claims.invalid", "claims.yaml must be mended: " + string.Join("; ", faults));
}

using System.Text.Json.Serialization;

namespace Record.Core.Identity.Matching;

/// <summary>A record as matching sees it: folded, split, ready to be compared. Whatever is not known is empty.</summary>
public sealed record MatchSubject
{
    private static readonly HashSet<string> Placeholders = ["baby", "babe", "infant", "newborn", "twin", "boy", "girl", "male", "female", "unknown", "unk", "unnamed", "xx", "test"];

    /// <summary>Id of the record.</summary>
    public required string Id { get; init; }

    /// <summary>Given names, the first first.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>Words of the family name.</summary>
    public IReadOnlyList<string> Family { get; init; } = [];

    /// <summary>Words of family names before (maiden, old).</summary>
    public IReadOnlyList<string> FormerFamily { get; init; } = [];

    /// <summary>Digits of the date of birth, year first: 8, or 4 or 6 where no more is known.</summary>
    public string? BirthDate { get; init; }

    /// <summary><c>m</c> or <c>f</c>; anything else says nothing.</summary>
    public char? Sex { get; init; }

    /// <summary>Postcodes without spaces.</summary>
    public IReadOnlyList<string> Postcodes { get; init; } = [];

    /// <summary>House and street.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Towns and districts.</summary>
    public IReadOnlyList<string> Localities { get; init; } = [];

    /// <summary>Telephone numbers, the last ten digits.</summary>
    public IReadOnlyList<string> Phones { get; init; } = [];

    /// <summary>E-mail addresses.</summary>
    public IReadOnlyList<string> Emails { get; init; } = [];

    /// <summary>A valid NHS number.</summary>
    public string? NhsNumber { get; init; }

    /// <summary>Whether its source calls the NHS number verified (status 01).</summary>
    public bool Verified { get; init; }

    /// <summary>NHS numbers that its source says were superseded.</summary>
    public IReadOnlyList<string> FormerNumbers { get; init; } = [];

    /// <summary>The source patient that its source merged it into.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>Other identifiers: system, a bar, value.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>Place of birth.</summary>
    public string? BirthPlace { get; init; }

    /// <summary>Occupation.</summary>
    public string? Occupation { get; init; }

    /// <summary>Whether the name stands for one that is not known yet: a baby, a twin, a person unknown.</summary>
    [JsonIgnore]
    internal bool IsUnnamed => Placeholders.Contains(FirstName) || Placeholders.Contains(FamilyName);

    /// <summary>The family name in one word.</summary>
    [JsonIgnore]
    internal string FamilyName => Family.Count switch { 0 => "", 1 => Family[0], _ => string.Concat(Family) };

    /// <summary>The first given name.</summary>
    [JsonIgnore]
    internal string FirstName => Given.Count > 0 ? Given[0] : "";
}

namespace Record.Core.Identity.Matching;

/// <summary>What two records are compared by.</summary>
public enum MatchField
{
    /// <summary>First given name.</summary>
    Given,

    /// <summary>Further given names.</summary>
    Middle,

    /// <summary>Family name.</summary>
    Family,

    /// <summary>Date of birth.</summary>
    BirthDate,

    /// <summary>Sex, as administration knows it.</summary>
    Sex,

    /// <summary>Postcode.</summary>
    Postcode,

    /// <summary>House and street.</summary>
    Address,

    /// <summary>Town or district.</summary>
    Locality,

    /// <summary>Telephone number.</summary>
    Phone,

    /// <summary>E-mail address.</summary>
    Email,

    /// <summary>NHS number.</summary>
    NhsNumber,

    /// <summary>An identifier of one and the same other system.</summary>
    Identifier,

    /// <summary>Place of birth.</summary>
    BirthPlace,

    /// <summary>Occupation.</summary>
    Occupation,
}

/// <summary>How far a field agrees. Which levels a field knows is said where it is compared.</summary>
public enum MatchLevel
{
    /// <summary>One of the two does not say: neither for nor against.</summary>
    Missing,

    /// <summary>Different beyond a slip: two verified NHS numbers, births a generation apart.</summary>
    Conflict,

    /// <summary>Different.</summary>
    Different,

    /// <summary>A part agrees: an initial, one of two surnames, the year, the outward postcode; an NHS number that not both call verified.</summary>
    Part,

    /// <summary>Alike.</summary>
    Similar,

    /// <summary>One slip of the pen or the key.</summary>
    Close,

    /// <summary>In one another's place: given and family name, day and month.</summary>
    Swapped,

    /// <summary>Another form of the same: a nickname, an NHS number that the other supersedes.</summary>
    Equivalent,

    /// <summary>The same, accents, hyphens and apostrophes apart.</summary>
    Exact,
}

/// <summary>How far each field of two records agrees: four bits a field.</summary>
/// <param name="Bits">The levels, the first field lowest.</param>
public readonly record struct Comparison(ulong Bits)
{
    /// <summary>How many fields there are.</summary>
    public const int Fields = (int)MatchField.Occupation + 1;

    /// <summary>How many levels there are.</summary>
    public const int Levels = (int)MatchLevel.Exact + 1;

    /// <summary>How far a field agrees.</summary>
    public MatchLevel this[MatchField field] => (MatchLevel)(Bits >> ((int)field * 4) & 15);

    internal Comparison With(MatchField field, MatchLevel level) => new(Bits | (ulong)level << ((int)field * 4));
}

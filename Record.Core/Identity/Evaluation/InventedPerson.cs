using System.Globalization;

namespace Record.Core.Identity.Evaluation;

/// <summary>Where somebody lives.</summary>
internal sealed record InventedHome(string Street, string City, string Postcode, string Phone);

/// <summary>Somebody who was made up.</summary>
/// <param name="Number">A running number.</param>
/// <param name="Male">Whether a man or boy.</param>
/// <param name="Ethnicity">Ethnic category of the NHS Data Dictionary.</param>
/// <param name="Given">Given names.</param>
/// <param name="Family">Family name.</param>
/// <param name="Maiden">The family name before, if it changed.</param>
/// <param name="Born">Date of birth.</param>
/// <param name="Home">Where they live.</param>
/// <param name="OldHome">Where they lived before, if they have moved.</param>
/// <param name="Mobile">Telephone number of their own.</param>
internal sealed record InventedPerson(
    int Number, bool Male, char Ethnicity, string[] Given, string Family, string? Maiden, DateOnly Born, InventedHome Home, InventedHome? OldHome, string Mobile)
{
    private const int Numbers = 1_000_000;
    private const long Apart = 617_987; // shares no factor with a million: each number once, and those of a family are not alike

    /// <summary>
    /// An NHS number of the range 999, which is never given to anybody; null for one in eleven, because nine digits in eleven have no check
    /// digit, and for everybody after the millionth: the range has no more.
    /// </summary>
    public string? NhsNumber
    {
        get
        {
            if (Number >= Numbers) return null;
            var digits = (999_000_000 + Number * Apart % Numbers).ToString(CultureInfo.InvariantCulture);
            var sum = 0;
            for (var i = 0; i < 9; i++) sum += (digits[i] - '0') * (10 - i);
            var check = (11 - sum % 11) % 11;
            return check == 10 ? null : digits + check.ToString(CultureInfo.InvariantCulture);
        }
    }
}

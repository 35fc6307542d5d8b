using System.Globalization;
using System.Text;

namespace Record.Core.Identity.Matching;

/// <summary>Text as matching sees it: lower case, without accents, apostrophes, full stops and hyphens.</summary>
public static class Folding
{
    private static readonly Dictionary<char, string> Letters = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ı'] = "i",
    };

    // What people write into a name that is not one. Words that are surnames too (King, Lord, Major) are names.
    private static readonly HashSet<string> Titles =
    [
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "revd", "reverend", "sir", "dame", "lady", "hon", "capt", "captain", "sgt", "lt",
        "jr", "jnr", "sr", "snr", "esq", "bt", "baronet", "obe", "mbe", "cbe", "phd", "1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "ii", "iii",
    ];

    /// <summary>Words of a name, without titles and suffixes.</summary>
    public static string[] Names(string? name) => [.. Words(name).Where(word => !Titles.Contains(word))];

    /// <summary>Words of a text, folded; an apostrophe or full stop joins (O'Neill is oneill), every other sign parts.</summary>
    public static string[] Words(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        var folded = new StringBuilder(text.Length);
        foreach (var sign in text.ToLowerInvariant().Normalize(NormalizationForm.FormD))
            if (Letters.TryGetValue(sign, out var plain)) folded.Append(plain);
            else if (char.IsLetterOrDigit(sign)) folded.Append(sign);
            else if (!IsJoining(sign)) folded.Append(' ');
        return folded.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The words, joined by a space; null if there are none.</summary>
    public static string? Text(string? text) => Words(text) is { Length: > 0 } words ? string.Join(' ', words) : null;

    /// <summary>Letters and digits only, joined: postcodes, telephone numbers, identifiers; null if there are none.</summary>
    public static string? Code(string? text) => Words(text) is { Length: > 0 } words ? string.Concat(words) : null;

    /// <summary>Soundex: letters that sound alike give the same code. https://www.archives.gov/research/census/soundex</summary>
    public static string Sound(string word)
    {
        if (word.Length == 0) return "";
        Span<char> code = ['0', '0', '0', '0'];
        code[0] = word[0];
        var (length, last) = (1, Digit(word[0]));
        for (var i = 1; i < word.Length && length < 4; i++)
        {
            var digit = Digit(word[i]);
            if (digit is >= '1' and <= '6' && digit != last) code[length++] = digit;
            if (word[i] is not ('h' or 'w')) last = digit;
        }

        return new string(code);
    }

    private static bool IsJoining(char sign) =>
        sign is '\'' or '’' or '‘' or '`' or '´' or '.' || char.GetUnicodeCategory(sign) == UnicodeCategory.NonSpacingMark;

    private static char Digit(char letter) => letter switch
    {
        'b' or 'f' or 'p' or 'v' => '1',
        'c' or 'g' or 'j' or 'k' or 'q' or 's' or 'x' or 'z' => '2',
        'd' or 't' => '3',
        'l' => '4',
        'm' or 'n' => '5',
        'r' => '6',
        _ => '0',
    };
}

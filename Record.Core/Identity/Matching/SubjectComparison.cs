using System.Globalization;

namespace Record.Core.Identity.Matching;

/// <summary>Compares two records, field by field. Where a record has several values the best pair counts.</summary>
public static class SubjectComparison
{
    private const int Generation = 13 * 365; // days

    /// <summary>How far each field agrees.</summary>
    public static Comparison Compare(MatchSubject a, MatchSubject b)
    {
        var (given, middle, family) = NameComparison.Of(a, b);
        return new Comparison()
            .With(MatchField.Given, given).With(MatchField.Middle, middle).With(MatchField.Family, family)
            .With(MatchField.BirthDate, BirthDate(a.BirthDate, b.BirthDate))
            .With(MatchField.Sex, a.Sex is null || b.Sex is null ? MatchLevel.Missing : a.Sex == b.Sex ? MatchLevel.Exact : MatchLevel.Different)
            .With(MatchField.Postcode, Best(a.Postcodes, b.Postcodes, Postcode))
            .With(MatchField.Address, Best(a.Addresses, b.Addresses, Text))
            .With(MatchField.Locality, Best(a.Localities, b.Localities, Text))
            .With(MatchField.Phone, Best(a.Phones, b.Phones, Code))
            .With(MatchField.Email, Best(a.Emails, b.Emails, Email))
            .With(MatchField.NhsNumber, NhsNumber(a, b))
            .With(MatchField.Identifier, Best(a.Identifiers, b.Identifiers, Identifier))
            .With(MatchField.BirthPlace, Text(a.BirthPlace, b.BirthPlace))
            .With(MatchField.Occupation, Text(a.Occupation, b.Occupation));
    }

    /// <summary>
    /// Exact; day and month swapped; one digit wrong or two neighbours swapped (close); two of year, month and day, or two months apart
    /// (similar); the same year, or two years apart (part); different; a generation apart (conflict).
    /// </summary>
    internal static MatchLevel BirthDate(string? a, string? b)
    {
        if (a is null || b is null) return MatchLevel.Missing;
        if (a.Length < 8 || b.Length < 8)
        {
            var known = Math.Min(a.Length, b.Length);
            return a.AsSpan(0, known).SequenceEqual(b.AsSpan(0, known)) ? MatchLevel.Part : MatchLevel.Different;
        }

        if (a == b) return MatchLevel.Exact;
        var (year, month, day) = (a.AsSpan(0, 4).SequenceEqual(b.AsSpan(0, 4)), a.AsSpan(4, 2).SequenceEqual(b.AsSpan(4, 2)), a.AsSpan(6, 2).SequenceEqual(b.AsSpan(6, 2)));
        if (year && a.AsSpan(4, 2).SequenceEqual(b.AsSpan(6, 2)) && a.AsSpan(6, 2).SequenceEqual(b.AsSpan(4, 2))) return MatchLevel.Swapped;
        if (IsOneSlip(a, b)) return MatchLevel.Close;
        if ((year ? 1 : 0) + (month ? 1 : 0) + (day ? 1 : 0) == 2) return MatchLevel.Similar;
        return Days(a) is { } first && Days(b) is { } second
            ? Math.Abs(first - second) switch { <= 62 => MatchLevel.Similar, <= 731 => MatchLevel.Part, < Generation => year ? MatchLevel.Part : MatchLevel.Different, _ => MatchLevel.Conflict }
            : year ? MatchLevel.Part : MatchLevel.Different;
    }

    private static int? Days(string date) =>
        DateOnly.TryParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.DayNumber : null;

    private static bool IsOneSlip(string a, string b)
    {
        var (first, wrong) = (-1, 0);
        for (var i = 0; i < 8; i++)
            if (a[i] != b[i])
            {
                if (wrong++ == 0) first = i;
            }

        return wrong == 1 || wrong == 2 && first < 7 && a[first] == b[first + 1] && a[first + 1] == b[first];
    }

    private static MatchLevel NhsNumber(MatchSubject a, MatchSubject b)
    {
        if (a.NhsNumber is null || b.NhsNumber is null) return MatchLevel.Missing;
        if (a.NhsNumber == b.NhsNumber) return a.Verified && b.Verified ? MatchLevel.Exact : MatchLevel.Part; // a valid check digit proves little
        if (a.Verified && b.Verified && (a.FormerNumbers.Contains(b.NhsNumber) || b.FormerNumbers.Contains(a.NhsNumber))) return MatchLevel.Equivalent;
        if (a.Verified && b.Verified) return MatchLevel.Conflict;
        return Similarity.Edits(a.NhsNumber, b.NhsNumber, 2) <= 2 ? MatchLevel.Close : MatchLevel.Different; // a check digit makes one slip two
    }

    private static MatchLevel Best(IReadOnlyList<string> a, IReadOnlyList<string> b, Func<string, string, MatchLevel> compare)
    {
        var best = MatchLevel.Missing;
        for (var i = 0; i < a.Count && best < MatchLevel.Exact; i++)
            for (var j = 0; j < b.Count && best < MatchLevel.Exact; j++)
                if (compare(a[i], b[j]) is var level && level > best) best = level;
        return best;
    }

    private static MatchLevel Postcode(string a, string b)
    {
        if (a == b) return MatchLevel.Exact;
        if (Similarity.Edits(a, b, 1) <= 1) return MatchLevel.Close;
        return Outward(a) is { } area && Outward(b) is { } other && area.SequenceEqual(other) ? MatchLevel.Part : MatchLevel.Different;
    }

    /// <summary>The outward part of a UK postcode (all but the last three signs); null if it is not one.</summary>
    internal static string? Outward(string postcode) =>
        postcode.Length is >= 5 and <= 7 && char.IsLetter(postcode[0]) && char.IsAsciiDigit(postcode[^3]) ? postcode[..^3] : null;

    private static MatchLevel Text(string? a, string? b)
    {
        if (a is null || b is null) return MatchLevel.Missing;
        if (a == b) return MatchLevel.Exact;
        if (Similarity.Edits(a, b, 2) is var edits && (edits <= 1 || edits == 2 && Math.Min(a.Length, b.Length) >= 8)) return MatchLevel.Close;
        var alike = Similarity.JaroWinkler(a, b);
        return alike >= 0.92 ? MatchLevel.Close : alike >= 0.84 || Contains(a, b) || Contains(b, a) ? MatchLevel.Similar : MatchLevel.Different;
    }

    private static bool Contains(string longer, string shorter) =>
        shorter.Length >= 5 && longer.Length > shorter.Length && longer.Contains(shorter, StringComparison.Ordinal);

    private static MatchLevel Code(string a, string b) =>
        a == b ? MatchLevel.Exact : Similarity.Edits(a, b, 1) <= 1 ? MatchLevel.Close : MatchLevel.Different;

    private static MatchLevel Email(string a, string b)
    {
        if (a == b) return MatchLevel.Exact;
        if (Similarity.Edits(a, b, 2) <= 2) return MatchLevel.Close;
        var user = User(a);
        var other = User(b);
        if (user.Length >= 4 && user.SequenceEqual(other)) return MatchLevel.Similar;
        return Similarity.JaroWinkler(a, b) >= 0.93 ? MatchLevel.Similar : MatchLevel.Different;
    }

    private static ReadOnlySpan<char> User(string email) => email.IndexOf('@', StringComparison.Ordinal) is var at and > 0 ? email.AsSpan(0, at) : email;

    private static MatchLevel Identifier(string a, string b)
    {
        var (system, other) = (a.IndexOf('|', StringComparison.Ordinal), b.IndexOf('|', StringComparison.Ordinal));
        if (!a.AsSpan(0, system + 1).SequenceEqual(b.AsSpan(0, other + 1))) return MatchLevel.Missing;
        return a == b ? MatchLevel.Exact : Similarity.Edits(a.AsSpan(system + 1), b.AsSpan(other + 1), 1) <= 1 ? MatchLevel.Close : MatchLevel.Different;
    }
}

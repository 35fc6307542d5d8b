namespace Record.Core.Identity.Matching;

/// <summary>How common a value is: to share the name Smith says less than to share Featherstonehaugh.</summary>
public sealed class Frequencies
{
    // A value's share is drawn to the chance u that two people agree at all, with the weight of half an observation.
    private const double Prior = 0.5;

    // However rare a name, agreement is worth at most this many times agreement at large: rare values are often slips.
    private const double MostTimes = 50;

    private static readonly MatchField[] Counted =
        [MatchField.Given, MatchField.Family, MatchField.BirthDate, MatchField.Postcode, MatchField.Locality, MatchField.BirthPlace, MatchField.Occupation];

    private readonly (double People, Dictionary<string, double> Counts)[] known = new (double, Dictionary<string, double>)[Comparison.Fields];

    /// <summary>The counted fields: how many people say a value, and how many others than the first say each.</summary>
    public IEnumerable<(MatchField Field, double People, IReadOnlyDictionary<string, double> Others)> All =>
        Counted.Where(name => known[(int)name].Counts is not null).Select(name => (name, known[(int)name].People, (IReadOnlyDictionary<string, double>)known[(int)name].Counts));

    /// <summary>Counts the values of a set.</summary>
    /// <param name="subjects">The records.</param>
    /// <param name="recordsPerPerson">How many records a person has: the same person twice is not two people.</param>
    public static Frequencies Of(IReadOnlyCollection<MatchSubject> subjects, double recordsPerPerson)
    {
        var frequencies = new Frequencies();
        foreach (var field in Counted)
        {
            var counts = new Dictionary<string, int>();
            foreach (var subject in subjects)
                if (Value(subject, field) is { Length: > 0 } value) counts[value] = counts.GetValueOrDefault(value) + 1;
            var others = counts.Select(count => (count.Key, Others: count.Value / recordsPerPerson - 1)).Where(count => count.Others > 0);
            frequencies.Set(field, counts.Values.Sum() / recordsPerPerson, others.ToDictionary(count => count.Key, count => count.Others));
        }

        return frequencies;
    }

    /// <summary>Sets the counts of a field.</summary>
    public void Set(MatchField field, double people, Dictionary<string, double> others) => known[(int)field] = (people, others);

    /// <summary>The share of people who have the value that a record has; <paramref name="usual"/> where nothing is known of it.</summary>
    internal double Share(MatchSubject subject, MatchField field, double usual)
    {
        var (people, counts) = known[(int)field];
        if (counts is null || people < 1 || Value(subject, field) is not { Length: > 0 } value) return usual;
        return Math.Max((counts.GetValueOrDefault(value) + Prior) / (people + Prior / usual), usual / MostTimes);
    }

    private static string? Value(MatchSubject subject, MatchField field) => field switch
    {
        MatchField.Given => subject.FirstName,
        MatchField.Family => subject.FamilyName,
        MatchField.BirthDate => subject.BirthDate,
        MatchField.Postcode => subject.Postcodes.Count == 1 ? subject.Postcodes[0] : null,
        MatchField.Locality => subject.Localities.Count == 1 ? subject.Localities[0] : null,
        MatchField.BirthPlace => subject.BirthPlace,
        MatchField.Occupation => subject.Occupation,
        _ => null,
    };
}

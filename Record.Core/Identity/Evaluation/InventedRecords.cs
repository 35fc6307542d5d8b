using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Evaluation;

/// <summary>A source patient of an invented person.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Person">The person it is: the truth.</param>
/// <param name="Patient">The FHIR Patient as its source sends it.</param>
/// <param name="Groups">What results are told by: sex, age, ethnicity.</param>
public sealed record InventedRecord(string Id, int Person, JsonObject Patient, IReadOnlyList<string> Groups);

/// <summary>
/// The records of ten systems about invented people, with what goes wrong in such records: slips of the pen, nicknames, maiden names, old
/// addresses, names in one another's place, missing and unverified NHS numbers, other people's NHS numbers. The same seed gives the same records.
/// </summary>
/// <param name="seed">What the records derive from.</param>
/// <param name="errors">How many errors there are: 1 as usual, 2 twice as many.</param>
/// <param name="visit">Another visit gives other records of the same people.</param>
public sealed class InventedRecords(int seed, double errors = 1, int visit = 0)
{
    private const int Systems = 10;

    /// <summary>Two records a person on average: nearly half of them have one, few have five.</summary>
    private static readonly double[] UpTo = [0.44, 0.74, 0.89, 0.96, 1];

    /// <summary>The records of so many people, person by person.</summary>
    public IEnumerable<InventedRecord> Of(int people)
    {
        foreach (var person in new InventedHouseholds(seed).People(people))
        {
            var random = new Random((int)(((uint)seed * 2_654_435_761u + (uint)person.Number * 40_503u + (uint)visit * 97_711u) & int.MaxValue));
            var place = random.NextDouble();
            var systems = new HashSet<int>();
            for (var i = 0; i <= Array.FindIndex(UpTo, share => place < share); i++)
            {
                var system = random.Next(Systems);
                if (!systems.Add(system) && random.NextDouble() > 0.2) continue; // now and then one system has somebody twice
                yield return Record(random, person, system);
            }
        }
    }

    /// <summary>The same as a set to measure linkage by, in the order of ids, which is no order of people.</summary>
    public LinkageSet Set(string name, int people)
    {
        var records = Of(people).OrderBy(record => record.Id, StringComparer.Ordinal).ToList();
        return new(name, [.. records.Select(record => MatchFeatures.Of(record.Patient, record.Id))], [.. records.Select(record => record.Person.ToString(CultureInfo.InvariantCulture))], [.. records.Select(record => record.Groups)]);
    }

    private InventedRecord Record(Random random, InventedPerson person, int system)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var id = Convert.ToHexStringLower(bytes);
        return new(id, person.Number, new InventedPatient(random, errors, system).Of(person), Groups(person));
    }

    private static string[] Groups(InventedPerson person) =>
    [
        person.Male ? "sex: male" : "sex: female",
        "age: " + ((2026 - person.Born.Year) switch { < 16 => "0 to 15", < 40 => "16 to 39", < 65 => "40 to 64", < 80 => "65 to 79", _ => "80 and over" }),
        $"ethnicity: {EthnicCategory.Display(person.Ethnicity.ToString())}",
    ];
}

using System.Globalization;

namespace Record.Core.Identity.Evaluation;

/// <summary>Invented people by household, so that there are couples, siblings, twins, and children with their parent's name at one address.</summary>
internal sealed class InventedHouseholds(int seed)
{
    private const int Today = 2026;

    private static readonly (string City, string[] Areas)[] Cities =
    [
        ("Chelmsford", ["CM1", "CM2", "CM3"]), ("Basildon", ["SS13", "SS14", "SS15", "SS16"]), ("Southend-on-Sea", ["SS0", "SS1", "SS2", "SS3"]), ("Leigh-on-Sea", ["SS9"]), ("Rayleigh", ["SS6"]),
        ("Thurrock", ["RM16", "RM17", "RM18"]), ("Brentwood", ["CM13", "CM14", "CM15"]), ("Braintree", ["CM7", "CM77"]), ("Maldon", ["CM9"]), ("Billericay", ["CM11", "CM12"]), ("Canvey Island", ["SS8"]), ("Witham", ["CM8"]),
    ];

    private static readonly (char Code, double Share)[] Ethnicities = [('A', 0.80), ('C', 0.05), ('H', 0.03), ('J', 0.02), ('N', 0.035), ('R', 0.01), ('Z', 0.055)];

    /// <summary>So many people.</summary>
    public IEnumerable<InventedPerson> People(int count)
    {
        for (var (number, household) = (0, 0); number < count; household++)
            foreach (var person in Household(new Random(HashCode(seed, household)), number))
            {
                if (number++ == count) yield break;
                yield return person;
            }
    }

    private static List<InventedPerson> Household(Random random, int number)
    {
        var (ethnicity, home) = (Ethnicity(random), Home(random));
        var family = InventedNames.Family(random, ethnicity);
        var size = random.NextDouble() switch { < 0.32 => 1, < 0.66 => 2, < 0.81 => 3, < 0.94 => 4, _ => 5 };
        var people = new List<InventedPerson>();
        var (firstMale, year) = (random.Next(2) == 0, Today - 19 - (int)(75 * Math.Pow(random.NextDouble(), 1.1)));
        if (size >= 3) year = Math.Max(year, Today - 62);
        InventedPerson Make(bool male, int born, string surname, string? given = null)
        {
            var first = given ?? Unused(random, ethnicity, male, people);
            string[] names = [first, .. random.NextDouble() < 0.6 ? [InventedNames.Given(random, ethnicity, male)] : Array.Empty<string>()];
            var maiden = !male && born < Today - 25 && random.NextDouble() < 0.3 ? InventedNames.Family(random, ethnicity) : null;
            return new(number++, male, ethnicity, names, surname, maiden, new DateOnly(born, 1, 1).AddDays(random.Next(365)), home, random.NextDouble() < 0.3 ? Home(random) : null, $"07700 9{random.Next(100_000):00000}");
        }

        people.Add(Make(firstMale, year, family));
        if (size >= 2) people.Add(Make(!firstMale, year + random.Next(-6, 7), random.NextDouble() < 0.8 ? family : InventedNames.Family(random, ethnicity)));
        while (people.Count < size)
        {
            var born = Math.Min(Today, year + 20 + random.Next(18));
            var male = random.Next(2) == 0;
            var namesake = people[0].Male == male && random.NextDouble() < 0.03 ? people[0].Given[0] : null;
            var child = Make(male, born, family, namesake);
            people.Add(child);
            if (people.Count < size && random.NextDouble() < 0.03) people.Add(Make(random.Next(3) > 0 ? male : !male, born, family) with { Born = child.Born }); // twins
        }

        return people;
    }

    // No two children have one name, and a child has a parent's only where that is meant.
    private static string Unused(Random random, char ethnicity, bool male, List<InventedPerson> people)
    {
        var name = InventedNames.Given(random, ethnicity, male);
        while (people.Any(person => person.Given[0] == name)) name = InventedNames.Given(random, ethnicity, male);
        return name;
    }

    private static char Ethnicity(Random random)
    {
        var place = random.NextDouble();
        foreach (var (code, share) in Ethnicities)
            if ((place -= share) < 0) return code;
        return 'A';
    }

    private static InventedHome Home(Random random)
    {
        var (city, areas) = Cities[(int)(Cities.Length * Math.Pow(random.NextDouble(), 1.4))];
        const string letters = "ABDEFGHJLNPQRSTUWXYZ"; // those of the inward part
        var postcode = $"{areas[random.Next(areas.Length)]} {random.Next(1, 10)}{letters[random.Next(20)]}{letters[random.Next(20)]}";
        return new($"{random.Next(1, 200)} {InventedNames.Street(random)}", city, postcode, string.Create(CultureInfo.InvariantCulture, $"01{random.Next(200, 999)} {random.Next(200_000, 999_999)}"));
    }

    // The same in every process, unlike System.HashCode.
    private static int HashCode(int seed, int household) => (int)(uint)((((ulong)(uint)seed << 32) + (uint)household + 1) * 0x9E3779B97F4A7C15UL >> 33);
}

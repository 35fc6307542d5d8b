namespace Simulator.People;

/// <summary>Makes invented people; the same seed makes the same people. NHS numbers are of the 999 range, which is never issued.</summary>
public static class Population
{
    private static readonly string[] Women = ["Amelia", "Olivia", "Aisha", "Margaret", "Grace", "Chloe", "Susan", "Fatima", "Elizabeth", "Hannah", "Dorothy", "Katherine", "Priya", "Zofia", "Abigail", "Patricia", "Ngozi", "Mei", "Joan", "Rebecca"];
    private static readonly string[] Men = ["Thomas", "George", "Mohammed", "William", "Daniel", "Robert", "Samuel", "Kwame", "Christopher", "Arthur", "Michael", "Rajesh", "Piotr", "Benjamin", "Edward", "Oluwaseun", "Anthony", "Frank", "Joseph", "Wei"];
    private static readonly Dictionary<string, string> Nicknames = new() { ["Margaret"] = "Maggie", ["Elizabeth"] = "Liz", ["Katherine"] = "Kate", ["Thomas"] = "Tom", ["William"] = "Bill", ["Robert"] = "Bob", ["Christopher"] = "Chris", ["Michael"] = "Mike", ["Abigail"] = "Abi", ["Susan"] = "Sue", ["Anthony"] = "Tony", ["Daniel"] = "Dan", ["Rebecca"] = "Becky", ["Edward"] = "Ted", ["Patricia"] = "Pat", ["Benjamin"] = "Ben", ["Joseph"] = "Joe", ["Samuel"] = "Sam" };
    private static readonly string[] Families = ["Smith", "Patel", "Jones", "Okafor", "Taylor", "Khan", "Brown", "Nowak", "Wilson", "Begum", "Evans", "O'Connor", "Adeyemi", "Wright", "Hughes", "Singh", "Clarke", "Ward", "Turner", "Ahmed", "Kowalska", "Baker", "Carter", "Mensah", "Parker", "Chowdhury", "Bennett", "Reed", "Li", "Foster", "Marsh", "Fitzgerald", "Osei", "Dixon", "Barker", "Ellis", "Rahman", "Shaw", "Webb", "Hart"];
    private static readonly string[] Streets = ["High Street", "Church Road", "Station Lane", "Mill Road", "Queens Avenue", "Orchard Close", "Victoria Road", "The Chase", "London Road", "Marine Parade", "Elm Grove", "Southend Road"];
    private static readonly Town[] Towns =
    [
        new("Basildon", "SS14", "basildon-pas", true), new("Billericay", "CM12", "basildon-pas", true), new("Grays", "RM17", "basildon-pas", true),
        new("Southend-on-Sea", "SS2", "southend-pas", true), new("Rochford", "SS4", "southend-pas", true),
        new("Chelmsford", "CM1", "broomfield-pas", false), new("Braintree", "CM7", "broomfield-pas", false),
    ];

    /// <summary>Person number <paramref name="number"/> of this seed.</summary>
    public static Person Make(int seed, int number, DateOnly anchor)
    {
        var dice = new Random(HashCode32.Of($"{seed}:{number}"));
        var female = dice.Next(2) == 0;
        var given = Pick(dice, female ? Women : Men);
        var middle = dice.Next(3) == 0 ? null : Pick(dice, female ? Women : Men);
        var age = dice.Next(100) < 60 ? dice.Next(18, 65) : dice.Next(65, 96);
        var born = anchor.AddYears(-age).AddDays(-dice.Next(365));
        var frail = age >= 65 && dice.Next(100) < 60;
        var mental = dice.Next(100) < 34;
        return new(
            number, given, Nicknames.GetValueOrDefault(given), middle, Pick(dice, Families), female, born, NhsNumberOf(seed, number), Towns[dice.Next(Towns.Length)],
            $"{dice.Next(1, 180)} {Pick(dice, Streets)}", $"{dice.Next(1, 180)} {Pick(dice, Streets)}", $"01632 960{dice.Next(400, 1000)}", mental, frail, frail && dice.Next(100) < 15,
            anchor.AddDays(-dice.Next(60, 1500)));
    }

    /// <summary>A valid number of the 999 range: six digits that count, and the check digit (Modulus 11).</summary>
    public static string NhsNumberOf(int seed, int number)
    {
        for (var candidate = (int)((seed * 7919L + number * 7L) % 1_000_000); ; candidate = (candidate + 1) % 1_000_000)
        {
            var nine = $"999{candidate:000000}";
            var sum = Enumerable.Range(0, 9).Sum(i => (nine[i] - '0') * (10 - i));
            var check = (11 - sum % 11) % 11;
            if (check != 10) return nine + (char)('0' + check);
        }
    }

    private static string Pick(Random dice, string[] from) => from[dice.Next(from.Length)];
}

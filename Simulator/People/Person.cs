namespace Simulator.People;

/// <summary>An invented person as they really are, before any source system has written them down.</summary>
public sealed record Person(
    int Number, string Given, string? Nickname, string? Middle, string Family, bool Female, DateOnly Born, string NhsNumber, Town Town, string Street, string OldStreet, string Phone,
    bool MentalHealth, bool Frail, bool DailyNursing, DateOnly Moved)
{
    /// <summary>How one source system has written them down: the differences that real systems have.</summary>
    public Registration In(SourceFile source)
    {
        var dice = new Random(HashCode32.Of($"{Number}|{source.Code}"));
        var roll = dice.Next(100);
        var verified = roll < 92;
        var number = roll < 96 ? NhsNumber : null;
        var given = Nickname is not null && dice.Next(100) < 18 ? Nickname : Given;
        var middle = dice.Next(100) < 55 ? Middle : null;
        var born = !verified && dice.Next(3) == 0 ? Swapped(Born) : Born;
        var phone = dice.Next(100) < 8 ? Phone[..^2] + Phone[^1] + Phone[^2] : Phone;
        var knowsMove = dice.Next(100) < 70;
        return new(source, $"{source.Code[..1].ToUpperInvariant()}{source.Code.Length:00}{Number + 100000}", given, middle, Family, Female, born, number, verified ? "01" : "03", phone, knowsMove);
    }

    /// <summary>The address that a system knows at a moment.</summary>
    public string Address(bool knowsMove, DateTimeOffset at) => knowsMove && DateOnly.FromDateTime(at.UtcDateTime) >= Moved ? Street : OldStreet;

    // Day and month exchanged, where that is a date: the commonest slip of all.
    private static DateOnly Swapped(DateOnly date) => date.Day <= 12 ? new(date.Year, date.Day, date.Month) : date.AddDays(1);
}

/// <summary>A person as one source system knows them.</summary>
public sealed record Registration(
    SourceFile Source, string LocalId, string Given, string? Middle, string Family, bool Female, DateOnly Born, string? NhsNumber, string Status, string Phone, bool KnowsMove);

/// <summary>Where somebody lives, and so which hospital and teams are theirs.</summary>
public sealed record Town(string Name, string Postcode, string Acute, bool South);

/// <summary>A hash that is the same in every process.</summary>
public static class HashCode32
{
    public static int Of(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text) hash = (hash ^ letter) * 16777619u;
        return (int)(hash & 0x7FFFFFFF);
    }
}

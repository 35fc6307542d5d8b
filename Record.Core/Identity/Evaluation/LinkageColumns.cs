using Record.Core.Identity.Matching;
using Record.Core.Patients;

namespace Record.Core.Identity.Evaluation;

/// <summary>Which column of a labelled file is what. Names of columns, not of files: any set that uses them can be read.</summary>
public sealed class LinkageColumns(IReadOnlyList<string> header)
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["id"] = ["unique_id", "rec_id", "id", "record_id"],
        ["person"] = ["cluster", "person", "person_id", "cluster_id", "true_id", "entity_id", "entity"],
        ["given"] = ["first_name", "given_name", "forename", "given"],
        ["middle"] = ["middle_name", "middle_names"],
        ["family"] = ["surname", "last_name", "family_name", "family"],
        ["full"] = ["full_name", "name"],
        ["born"] = ["dob", "date_of_birth", "birth_date", "birthdate"],
        ["sex"] = ["gender", "sex"],
        ["postcode"] = ["postcode", "postcode_fake", "post_code", "zip", "zip_code"],
        ["number"] = ["street_number", "house_number"],
        ["street"] = ["address_1", "address", "address1", "street", "address_line_1"],
        ["place"] = ["address_2", "address2", "address_line_2"],
        ["city"] = ["city", "suburb", "town", "locality"],
        ["phone"] = ["phone", "phone_number", "telephone"],
        ["email"] = ["email", "e_mail"],
        ["nhs"] = ["nhs_number", "nhs_no"],
        ["identifier"] = ["soc_sec_id", "ssn", "social_security_number", "national_id"],
        ["birth place"] = ["birth_place", "place_of_birth"],
        ["occupation"] = ["occupation"],
        ["ethnicity"] = ["ethnicity", "ethnic_category", "ethnic_group"],
    };

    private readonly Dictionary<string, int> places = Names.ToDictionary(name => name.Key, name => Place(header, name.Value));

    /// <summary>Whether a column says who is who: a person's id, or a record's id as FEBRL writes it (<c>rec-12-dup-0</c>).</summary>
    public bool KnowTruth => places["person"] >= 0 || header.Any(name => name.Equals("rec_id", StringComparison.OrdinalIgnoreCase));

    internal string Person(string[] row) => Cell(row, "person") ?? string.Join('-', Cell(row, "id")!.Split('-').Take(2));

    internal MatchSubject Subject(string[] row)
    {
        var family = Folding.Names(Cell(row, "family"));
        var given = Given(row, family);
        var street = Folding.Text($"{Cell(row, "number")} {Cell(row, "street")}");
        var number = NhsNumber.TryParse(Cell(row, "nhs"), null, out var valid) ? valid.Value : null;
        return new()
        {
            Id = Cell(row, "id") ?? "",
            Given = given,
            Family = family,
            BirthDate = Digits(Cell(row, "born")),
            Sex = Cell(row, "sex")?.ToLowerInvariant() switch { "male" or "m" or "1" => 'm', "female" or "f" or "2" => 'f', _ => null },
            Postcodes = List(Folding.Code(Cell(row, "postcode"))),
            Addresses = List(Folding.Code(Cell(row, "street")) is null ? null : street, Folding.Text(Cell(row, "place"))),
            Localities = List(Folding.Text(Cell(row, "city"))),
            Phones = List(MatchFeatures.Phone(Cell(row, "phone"))),
            Emails = List(Cell(row, "email")?.ToLowerInvariant()),
            NhsNumber = number,
            Identifiers = List(Folding.Code(Cell(row, "identifier")) is { } code ? $"identifier|{code}" : null),
            BirthPlace = Folding.Text(Cell(row, "birth place")),
            Occupation = Folding.Text(Cell(row, "occupation")),
        };
    }

    internal IReadOnlyList<string> Groups(string[] row)
    {
        var born = Digits(Cell(row, "born"));
        return
        [
            $"sex: {Cell(row, "sex")?.ToLowerInvariant() ?? "not said"}",
            $"born: {(born is { Length: >= 4 } ? born[..3] + "0s" : "not said")}",
            $"ethnicity: {Cell(row, "ethnicity") ?? "not said"}",
        ];
    }

    // Where the whole name is there, the words between the first and the last are further given names.
    private string[] Given(string[] row, string[] family)
    {
        var first = Folding.Names(Cell(row, "given"));
        var middle = Folding.Names(Cell(row, "middle"));
        var rest = Folding.Names(Cell(row, "full")).Where(word => !first.Contains(word) && !family.Contains(word));
        return [.. first, .. middle, .. rest];
    }

    private string? Cell(string[] row, string name) =>
        places[name] is var place and >= 0 && place < row.Length && row[place].Length > 0 ? row[place] : null;

    private static string? Digits(string? date)
    {
        var digits = date is null ? "" : string.Concat(date.Where(char.IsAsciiDigit));
        return digits.Length is 4 or 6 or 8 ? digits : null;
    }

    private static string[] List(params IEnumerable<string?> values) => [.. values.OfType<string>()];

    private static int Place(IReadOnlyList<string> header, string[] names)
    {
        for (var i = 0; i < header.Count; i++)
            if (names.Contains(header[i].Trim('\uFEFF', ' ', '"'), StringComparer.OrdinalIgnoreCase)) return i;
        return -1;
    }
}

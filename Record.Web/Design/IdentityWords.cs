namespace Record.Web.Design;

/// <summary>Linkage in the words of those who decide it.</summary>
public static class IdentityWords
{
    public static string Reason(string reason) => reason switch
    {
        "weight" => "Alike, but not enough to link without asking",
        "nhs-number-conflict" => "Two different verified NHS numbers",
        "nhs-number-other-person" => "One NHS number, but another name or date of birth",
        "given-name" => "Different given names: twins or siblings?",
        "family-name" => "Different family names",
        "birth-date" => "Different dates of birth: parent and child?",
        "swapped-names" => "Given and family name in one another's place, and another date of birth",
        "sex" => "Different sex and no name in common",
        "unnamed" => "One of them has no name yet",
        "other-records" => "Other records of the same person speak against it",
        "held" => "One of them may be two people",
        "kept-apart" => "Kept apart by a steward",
        "unlinked" => "Parted by a steward",
        "overlay" => "One record that may be two people",
        _ => reason,
    };

    public static string Field(string field) => field switch
    {
        "Given" => "Given name",
        "Middle" => "Further given names",
        "Family" => "Family name",
        "BirthDate" => "Date of birth",
        "Sex" => "Sex",
        "NhsNumber" => "NHS number",
        "Locality" => "Town",
        "Phone" => "Phone",
        "Email" => "E-mail",
        "BirthPlace" => "Place of birth",
        _ => field,
    };

    public static string Level(string field, string level) => (field, level) switch
    {
        ("NhsNumber", "Conflict") => "Both verified, and different",
        ("NhsNumber", "Part") => "The same, not verified by both",
        ("NhsNumber", "Equivalent") => "One supersedes the other",
        ("BirthDate", "Conflict") => "A generation apart",
        ("BirthDate", "Swapped") => "Day and month in one another's place",
        ("BirthDate", "Similar") => "Two of year, month and day agree, or two months apart",
        ("BirthDate", "Part") => "The same year, or two years apart",
        ("Given" or "Family", "Swapped") => "Given and family name in one another's place",
        ("Given", "Equivalent") => "Forms of one name",
        ("Given", "Part") => "An initial, or another of the given names",
        ("Family", "Part") => "One of two surnames, or a former one",
        ("Postcode", "Part") => "The same postcode district",
        (_, "Exact") => "The same",
        (_, "Close") => "One slip apart",
        (_, "Similar") => "Alike",
        (_, "Part") => "In part",
        _ => "Different",
    };

    public static string Decision(string kind) => kind switch
    {
        "link" => "Linked: one person",
        "keep-apart" => "Kept apart: two people",
        "unlink" => "Unlinked: two people",
        "one-person" => "Quarantine ended: one person",
        "two-people" => "Quarantine ended: two people",
        "number-invalidated" => "NHS number invalidated",
        "number-superseded" => "NHS number superseded",
        "weights-activated" => "Other weights put into use",
        "undo" => "Taken back",
        _ => kind,
    };

    /// <summary>Odds in words.</summary>
    public static string Odds(double weight) => weight switch
    {
        >= 20 => "more than a million to 1 for one person",
        >= 1 => $"about {Math.Round(double.Exp2(weight)):#,0} to 1 for one person",
        > -1 => "about even",
        > -20 => $"about {Math.Round(double.Exp2(-weight)):#,0} to 1 against",
        _ => "more than a million to 1 against",
    };

    public static string WithSign(double weight) => weight.ToString("+0.0;−0.0;0.0", System.Globalization.CultureInfo.InvariantCulture);
}

using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Organisations;
using Record.Core.Patients;

namespace Record.Core.Feeds.V2;

/// <summary>What a message says of a patient (PID, PD1): the identifiers, and a patch of the FHIR Patient.</summary>
internal static class V2Patient
{
    /// <summary>The source's own identifier among the repetitions of PID-3 or MRG-1; null if there is none.</summary>
    public static string? LocalId(V2Value identifiers, SourceSystem source)
    {
        var authority = source.AssigningAuthority ?? source.Code;
        string? other = null;
        for (var i = 1; i <= Math.Min(identifiers.Repetitions, 50); i++)
        {
            var identifier = identifiers.Repetition(i);
            var value = identifier.Component(1).Text;
            if (value.Length is 0 or > 100 || IsNhs(identifier)) continue;
            if (identifier.Component(4).Text == authority) return value;
            if (identifier.Component(4).IsEmpty) other ??= value;
        }

        return other;
    }

    /// <summary>Applies what a message says: an empty field leaves what was said before, <c>""</c> takes it away.</summary>
    public static void Apply(V2Message message, SourceSystem source, JsonObject patient, DateTimeOffset receivedAt)
    {
        var person = message.Segment("PID");
        Identifiers(person, source, patient);
        Set(patient, "name", person.Field(5), Names);
        Set(patient, "gender", person.Field(8), sex => sex.Text switch { "M" or "1" => "male", "F" or "2" => "female", "O" or "9" or "A" => "other", "U" or "X" or "0" or "N" => "unknown", _ => null });
        Set(patient, "birthDate", person.Field(7), born => V2Time.TryParse(born.Text, receivedAt, out var date) ? date.ToFhirDate() : null);
        Set(patient, "address", person.Field(11), Addresses);
        Set(patient, "telecom", person.Field(13), Telecoms);
        Deceased(person, patient, receivedAt);
        Set(patient, "generalPractitioner", message.Segment("PD1").Field(3), practice => practice.Component(3).Text is { Length: > 0 } code
            ? new JsonArray(new JsonObject { ["identifier"] = new JsonObject { ["system"] = Systems.OdsCode, ["value"] = code }, ["display"] = practice.Component(1).Text })
            : null);
        if (patient["generalPractitioner"]?[0] is JsonObject gp && gp["display"]?.GetValue<string>() == "") gp.Remove("display");
    }

    private static bool IsNhs(V2Value identifier) =>
        identifier.Component(4).Text is "NHS" or "NHSNBR" || identifier.Component(5).Text is "NH" or "NHSNMBR";

    private static void Identifiers(V2Segment person, SourceSystem source, JsonObject patient)
    {
        var identifiers = new JsonArray();
        if (LocalId(person.Field(3), source) is { } local)
            identifiers.Add(new JsonObject { ["use"] = "usual", ["system"] = source.IdentifierSystem, ["value"] = local });
        var field = person.Field(3);
        var said = false;
        for (var i = 1; i <= Math.Min(field.Repetitions, 50); i++)
        {
            var identifier = field.Repetition(i);
            if (!IsNhs(identifier)) continue;
            said = true;
            if (!NhsNumber.TryParse(identifier.Component(1).Text, null, out var number)) continue;
            identifiers.Add(Systems.NhsIdentifier(number, Status(person.Field(32).Text, source)));
            break;
        }

        // A message that does not speak of the number leaves the one said before.
        if (!said && (patient["identifier"] as JsonArray)?.FirstOrDefault(i => i!["system"]!.GetValue<string>() == Systems.NhsNumber) is { } before)
            identifiers.Add(before.DeepClone());
        patient["identifier"] = identifiers;
    }

    private static string Status(string said, SourceSystem source) =>
        said == source.VerifiedNhsNumber ? "01" : said is "02" or "03" or "04" or "05" or "06" or "07" or "08" ? said : "02";

    private static void Deceased(V2Segment person, JsonObject patient, DateTimeOffset receivedAt)
    {
        if (V2Time.TryParse(person.Field(29).Text, receivedAt, out var died))
        {
            patient.Remove("deceasedBoolean");
            patient["deceasedDateTime"] = died.ToFhir();
        }
        else if (person.Field(30).Text == "Y" && !patient.ContainsKey("deceasedDateTime")) patient["deceasedBoolean"] = true;
        else if (person.Field(30).IsNull || person.Field(30).Text == "N")
        {
            patient.Remove("deceasedBoolean");
            patient.Remove("deceasedDateTime");
        }
    }

    private static void Set(JsonObject patient, string name, V2Value field, Func<V2Value, JsonNode?> read)
    {
        if (field.IsNull) patient.Remove(name);
        if (!field.HasValue) return;
        if (read(field) is { } value) patient[name] = value;
    }

    private static JsonArray? Names(V2Value field)
    {
        var names = new JsonArray();
        for (var i = 1; i <= Math.Min(field.Repetitions, 20); i++)
        {
            var said = field.Repetition(i);
            var name = new JsonObject { ["use"] = said.Component(7).Text switch { "M" => "maiden", "N" => "nickname", "A" => "old", _ when i == 1 => "official", _ => "usual" } };
            if (said.Component(1).Text is { Length: > 0 } family) name["family"] = family;
            var given = new JsonArray();
            if (said.Component(2).Text is { Length: > 0 } first) given.Add(first);
            if (said.Component(3).Text is { Length: > 0 } second) given.Add(second);
            if (given.Count > 0) name["given"] = given;
            if (said.Component(5).Text is { Length: > 0 } prefix) name["prefix"] = new JsonArray(prefix);
            if (name.Count > 1) names.Add(name);
        }

        return names.Count > 0 ? names : null;
    }

    private static JsonArray? Addresses(V2Value field)
    {
        var said = field.Repetition(1);
        var address = new JsonObject { ["use"] = "home" };
        var lines = new JsonArray();
        if (said.Component(1).Text is { Length: > 0 } street) lines.Add(street);
        if (said.Component(2).Text is { Length: > 0 } other) lines.Add(other);
        if (lines.Count > 0) address["line"] = lines;
        if (said.Component(3).Text is { Length: > 0 } town) address["city"] = town;
        if (said.Component(5).Text is { Length: > 0 } postcode) address["postalCode"] = postcode;
        return address.Count > 1 ? new JsonArray(address) : null;
    }

    private static JsonArray? Telecoms(V2Value field)
    {
        var telecoms = new JsonArray();
        for (var i = 1; i <= Math.Min(field.Repetitions, 10); i++)
            if (field.Repetition(i).Component(1).Text is { Length: > 0 } number)
                telecoms.Add(new JsonObject { ["system"] = "phone", ["value"] = number, ["use"] = "home" });
        return telecoms.Count > 0 ? telecoms : null;
    }
}

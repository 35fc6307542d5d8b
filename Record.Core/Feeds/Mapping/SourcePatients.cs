using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;
using Record.Core.Patients;

namespace Record.Core.Feeds.Mapping;

/// <summary>What a message says of a patient (PID, PD1, NK1): the identifiers, and a patch of the UK Core Patient.</summary>
internal static class SourcePatients
{
    private const string Ethnicity = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory";
    private const string EthnicityCodes = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland";

    private static readonly FieldMap<Draft> Person = new("PID")
    {
        { 3, "Patient.identifier: the source's own (decides the patient) and the NHS number" },
        { 5, "Patient.name", (p, v) => p.Set("name", v, (names, _) => Names(names)) },
        { 7, "Patient.birthDate", (p, v) => p.Set("birthDate", v, Datatypes.Date) },
        { 8, "Patient.gender", (p, v) => p.Set("gender", v, Gender) },
        { 9, "Patient.name, use old", (p, v) => Alias(p, v) },
        { 11, "Patient.address", (p, v) => p.Set("address", v, (addresses, _) => Datatypes.Each(addresses, Address)) },
        { 13, "Patient.telecom, use home", (p, v) => Telecom(p, v, "home") },
        { 14, "Patient.telecom, use work", (p, v) => Telecom(p, v, "work") },
        { 15, "Patient.communication.language", (p, v) => p.Set("communication", v, (said, d) => Datatypes.Concept(said, d) is { } language ? new JsonArray(new JsonObject { ["language"] = language }) : null) },
        { 16, "Patient.maritalStatus", (p, v) => p.Set("maritalStatus", v, Marital) },
        { 18, "the visit's account: names the visit where PV1-19 is empty; A44 moves it" },
        { 22, "Patient.extension EthnicCategory (UK Core)", (p, v) => p.Extend(Ethnicity, v, EthnicityCodes) },
        { 24, "Patient.multipleBirthBoolean, unless PID-25 says which", (p, v) => Multiple(p, v.Text == "Y" ? JsonValue.Create(true) : null, "multipleBirthBoolean") },
        { 25, "Patient.multipleBirthInteger", (p, v) => Multiple(p, int.TryParse(v.Text, out var order) && order is > 0 and < 20 ? JsonValue.Create(order) : null, "multipleBirthInteger") },
        { 29, "Patient.deceasedDateTime" },
        { 30, "Patient.deceasedBoolean, unless PID-29 says when" },
        { 32, "NHSNumberVerificationStatus of the NHS number (UK Core)" },
    };

    private static readonly FieldMap<Draft> Practice = new("PD1")
    {
        { 3, "Patient.generalPractitioner", (p, v) => p.Set("generalPractitioner", v, GeneralPractice) },
        { 4, "Patient.generalPractitioner.display, where PD1-3 is empty", (p, v) => { if (!p.Json.ContainsKey("generalPractitioner")) p.Set("generalPractitioner", v, Datatypes.Practitioners); } },
    };

    private static readonly FieldMap<Draft> Kin = new("NK1")
    {
        { 2, "Patient.contact.name", (c, v) => c.Set("name", v, (name, _) => Names(name)?[0]?.DeepClone()) },
        { 3, "Patient.contact.relationship", (c, v) => c.Set("relationship", v, (said, d) => Datatypes.Concept(said, d) is { } one ? new JsonArray(one) : null) },
        { 4, "Patient.contact.address", (c, v) => c.Set("address", v, (said, _) => Address(said.Repetition(1))) },
        { 5, "Patient.contact.telecom, use home", (c, v) => Telecom(c, v, "home") },
        { 6, "Patient.contact.telecom, use work", (c, v) => Telecom(c, v, "work") },
        { 7, "Patient.contact.relationship (contact role)", (c, v) => { if (Datatypes.Concept(v, c) is { } role) c.Append("relationship", role); } },
    };

    /// <summary>What the fields become.</summary>
    public static IReadOnlyList<IEnumerable<FieldNote>> Fields { get; } = [Person, Practice, Kin];

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
            if (authority == SourceSystem.AnyAuthority || identifier.Component(4).Text == authority) return value;
            if (identifier.Component(4).IsEmpty) other ??= value;
        }

        return other;
    }

    /// <summary>Applies what the n-th patient of a message is said to be.</summary>
    public static void Apply(V2Message message, int place, Draft patient)
    {
        var person = message.Segment("PID", place);
        Identifiers(person, patient);
        Person.Apply(patient, person);
        Deceased(person, patient);
        if (place > 1) return; // what follows the first patient's PID is about that one
        Practice.Apply(patient, message.Segment("PD1"));
        Contacts(message, patient);
    }

    private static bool IsNhs(V2Value identifier) =>
        identifier.Component(4).Text is "NHS" or "NHSNBR" || identifier.Component(5).Text is "NH" or "NHSNMBR";

    private static void Identifiers(V2Segment person, Draft patient)
    {
        var source = patient.Source;
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
        if (!said && (patient.Json["identifier"] as JsonArray)?.FirstOrDefault(i => i!["system"]!.GetValue<string>() == Systems.NhsNumber) is { } before)
            identifiers.Add(before.DeepClone());
        patient.Put("identifier", identifiers.Count > 0 ? identifiers : null);
    }

    private static string Status(string said, SourceSystem source) =>
        said == source.VerifiedNhsNumber ? "01" : said is "02" or "03" or "04" or "05" or "06" or "07" or "08" ? said : "02";

    private static void Deceased(V2Segment person, Draft patient)
    {
        if (V2Time.TryParse(person.Field(29).Text, patient.ReceivedAt, out var died))
        {
            patient.Put("deceasedBoolean", null);
            patient.Put("deceasedDateTime", died.ToFhir());
        }
        else if (person.Field(30).Text == "Y" && !patient.Json.ContainsKey("deceasedDateTime")) patient.Put("deceasedBoolean", true);
        else if (person.Field(30).IsNull || person.Field(30).Text == "N")
        {
            patient.Put("deceasedBoolean", null);
            patient.Put("deceasedDateTime", null);
        }
    }

    private static void Multiple(Draft patient, JsonNode? value, string element)
    {
        if (element == "multipleBirthBoolean" && patient.Json.ContainsKey("multipleBirthInteger")) return;
        if (value is not null) patient.Put("multipleBirthBoolean", null);
        patient.Put(element, value);
    }

    private static void Contacts(V2Message message, Draft patient)
    {
        var contacts = new JsonArray();
        foreach (var kin in message.All("NK1").Take(20))
        {
            var contact = new Draft("Contact", patient.Source) { ReceivedAt = patient.ReceivedAt };
            Kin.Apply(contact, kin);
            contact.Json.Remove("resourceType");
            contact.Json.Remove("meta");
            if (contact.Json.ContainsKey("name") || contact.Json.ContainsKey("telecom") || contact.Json.ContainsKey("address")) contacts.Add(contact.Json);
        }

        if (contacts.Count > 0) patient.Put("contact", contacts);
    }

    private static JsonNode? Gender(V2Value sex, Draft _) => sex.Text.ToUpperInvariant() switch
    {
        "M" or "1" => "male",
        "F" or "2" => "female",
        "O" or "9" or "A" => "other",
        "U" or "X" or "0" or "N" => "unknown",
        _ => null,
    };

    private static JsonNode? Marital(V2Value said, Draft draft)
    {
        var code = said.Text.ToUpperInvariant() switch { "A" => "L", "E" => "L", var other => other };
        return code is "A" or "D" or "I" or "L" or "M" or "P" or "S" or "T" or "U" or "W"
            ? new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", ["code"] = code }) }
            : Datatypes.Concept(said, draft);
    }

    private static JsonNode? GeneralPractice(V2Value practice, Draft _)
    {
        var gp = new JsonObject { ["type"] = "Organization" };
        if (Datatypes.Words(practice.Component(3)) is { } code) gp["identifier"] = new JsonObject { ["system"] = Systems.OdsCode, ["value"] = code };
        if (Datatypes.Words(practice.Component(1)) is { } name) gp["display"] = name;
        return gp.Count > 1 ? new JsonArray(gp) : null;
    }

    private static void Alias(Draft patient, V2Value alias)
    {
        var names = (patient.Json["name"] as JsonArray ?? []).Where(n => n?["use"]?.GetValue<string>() != "old").Select(n => n!.DeepClone()).ToList();
        foreach (var old in alias.IsNull ? [] : Names(alias) ?? [])
        {
            var name = old!.DeepClone();
            name["use"] = "old";
            names.Add(name);
        }

        patient.Put("name", names.Count > 0 ? new JsonArray([.. names]) : null);
    }

    private static JsonArray? Names(V2Value field)
    {
        var names = new JsonArray();
        for (var i = 1; i <= Math.Min(field.Repetitions, 20); i++)
        {
            var said = field.Repetition(i);
            var name = new JsonObject { ["use"] = said.Component(7).Text switch { "M" => "maiden", "N" => "nickname", "A" => "old", _ when i == 1 => "official", _ => "usual" } };
            if (Datatypes.Words(said.Component(1)) is { } family) name["family"] = family;
            var given = new JsonArray([.. ((int[])[2, 3]).Select(place => Datatypes.Words(said.Component(place))).OfType<string>().Select(text => (JsonNode)text)]);
            if (given.Count > 0) name["given"] = given;
            if (Datatypes.Words(said.Component(5)) is { } prefix) name["prefix"] = new JsonArray(prefix);
            if (Datatypes.Words(said.Component(4)) is { } suffix) name["suffix"] = new JsonArray(suffix);
            if (name.Count > 1) names.Add(name);
        }

        return names.Count > 0 ? names : null;
    }

    private static JsonObject? Address(V2Value said)
    {
        var address = new JsonObject
        {
            ["use"] = said.Component(7).Text switch { "B" or "O" => "work", "C" or "TMP" => "temp", "BA" or "BDL" => "old", _ => "home" },
        };
        var lines = new JsonArray([.. ((int[])[1, 2]).Select(place => Datatypes.Words(said.Component(place))).OfType<string>().Select(text => (JsonNode)text)]);
        if (lines.Count > 0) address["line"] = lines;
        if (Datatypes.Words(said.Component(3)) is { } town) address["city"] = town;
        if (Datatypes.Words(said.Component(4)) is { } county) address["district"] = county;
        if (Datatypes.Words(said.Component(5)) is { } postcode) address["postalCode"] = postcode;
        if (Datatypes.Words(said.Component(6)) is { } country && address.Count > 1) address["country"] = country;
        return address.Count > 1 ? address : null;
    }

    // XTN: the number stands in component 1, or in 4 for an address of mail, or in 12 since 2.5.
    private static void Telecom(Draft draft, V2Value field, string use)
    {
        var telecoms = (draft.Json["telecom"] as JsonArray ?? []).Where(t => t?["use"]?.GetValue<string>() is { } other && other != use && !(use == "home" && other == "mobile"))
            .Select(t => t!.DeepClone()).ToList();
        for (var i = 1; !field.IsNull && i <= Math.Min(field.Repetitions, 10); i++)
        {
            var said = field.Repetition(i);
            var mail = said.Component(3).Text is "Internet" or "X.400" || said.Component(2).Text == "NET";
            var number = mail ? Datatypes.Words(said.Component(4)) ?? Datatypes.Words(said.Component(1)) : Datatypes.Words(said.Component(1)) ?? Datatypes.Words(said.Component(12)) ?? Joined(said);
            if (number is null) continue;
            var kind = said.Component(3).Text switch { "FX" => "fax", "BP" => "pager", _ => mail ? "email" : "phone" };
            var mobile = said.Component(3).Text == "CP" || said.Component(2).Text is "MOBILE" or "PRS";
            telecoms.Add(new JsonObject { ["system"] = kind, ["value"] = number, ["use"] = mobile && use == "home" ? "mobile" : use });
        }

        draft.Put("telecom", telecoms.Count > 0 ? new JsonArray([.. telecoms]) : null);
    }

    private static string? Joined(V2Value said)
    {
        var parts = ((int[])[5, 6, 7]).Select(place => Datatypes.Words(said.Component(place))).OfType<string>().ToList();
        return parts.Count > 0 ? string.Join(' ', parts) : null;
    }
}

using System.Globalization;
using System.Text.Json;
using Hl7.Fhir.Model;
using Record.Core.Fhir;
using SearchParameter = Record.Core.Fhir.SearchParameter;

namespace Record.Tests.Opening;

/// <summary>A question to the record. <paramref name="Finds"/>: it asks who somebody is and nothing else.</summary>
internal sealed record AccessQuestion(string Channel, string Type, string Text, bool Finds = false);

/// <summary>
/// Questions by every search parameter that the world has values for, with the values of what is protected first of all, in every
/// form a search has. A parameter that is added is asked as well.
/// </summary>
internal static class AccessQuestions
{
    private static readonly string[] WhoSomebodyIs = ["name", "family", "given", "phonetic"];

    public static IEnumerable<AccessQuestion> All() => OfTypes().Concat(Joined()).Concat(OfPatients()).Distinct();

    private static IEnumerable<AccessQuestion> OfTypes()
    {
        foreach (var type in AccessWorld.Resources.Select(resource => resource.Type).Distinct())
        {
            yield return new("search", type, "_count=500");
            yield return new("count", type, "_summary=count");
            yield return new("search", type, "_lastUpdated=ge2020&_sort=-_lastUpdated");
            yield return new("search", type, "_id=" + string.Join(',', AccessWorld.Resources.Where(resource => resource.Type == type).Select(resource => resource.Id).Take(40)), Finds: type == "Patient");
            foreach (var (parameter, values) in Values(type))
                foreach (var question in OfParameter(type, parameter, values)) yield return question;
        }
    }

    private static IEnumerable<AccessQuestion> OfParameter(string type, SearchParameter parameter, List<string> values)
    {
        var kind = parameter.Type.ToString()!.ToLowerInvariant();
        foreach (var value in values)
        {
            yield return new($"search by {kind}", type, $"{parameter.Name}={value}", type == "Patient" && Finds(parameter, value));
            yield return new("count", type, $"{parameter.Name}={value}&_summary=count", type == "Patient" && Finds(parameter, value));
        }

        if (parameter.Type == SearchParamType.Token) yield return new("search by :not", type, $"{parameter.Name}:not={values[0]}");
        if (parameter.Type == SearchParamType.String && !WhoSomebodyIs.Contains(parameter.Name)) yield return new("search by :contains", type, $"{parameter.Name}:contains={values[0][..Math.Min(3, values[0].Length)]}");
        yield return new("search by :missing", type, $"{parameter.Name}:missing=true");
        yield return new("search by :missing", type, $"{parameter.Name}:missing=false&_summary=count");
        if (parameter.Type is SearchParamType.Special or SearchParamType.Composite) yield break;
        yield return new("sort", type, $"_sort={parameter.Name}");
        yield return new("sort", type, $"_sort=-{parameter.Name}&_count=7");
    }

    private static bool Finds(SearchParameter parameter, string value) =>
        WhoSomebodyIs.Contains(parameter.Name) || parameter.Name == "identifier" && value.StartsWith("https://fhir.nhs.uk/Id/nhs-number", StringComparison.Ordinal);

    // Questions that go through other resources.
    private static IEnumerable<AccessQuestion> Joined()
    {
        foreach (var type in (string[])["Observation", "Encounter", "MedicationRequest", "DocumentReference", "RelatedPerson", "Task"])
        {
            var reference = type is "RelatedPerson" or "Task" ? "patient" : "subject:Patient";
            foreach (var (parameter, values) in Values("Patient"))
                foreach (var value in values.Take(2)) yield return new("chain", type, $"{reference}.{parameter.Name}={value}");
            foreach (var (parameter, values) in Values(type))
                foreach (var value in values)
                {
                    yield return new("_has", "Patient", $"_has:{type}:patient:{parameter.Name}={value}");
                    if (type is "Observation") yield return new("_has", "Encounter", $"_has:Observation:encounter:{parameter.Name}={value}");
                }

            yield return new("include", type, "_include=*&_count=500");
            yield return new("include", type, "_include=*&_include:iterate=*&_count=100");
            yield return new("revinclude", "Patient", $"_revinclude={type}:patient&_count=500");
        }

        foreach (var (parameter, values) in Values("Patient"))
            foreach (var value in values)
            {
                yield return new("_has", "Practitioner", $"_has:Patient:general-practitioner:{parameter.Name}={value}");
                yield return new("_has", "Organization", $"_has:Patient:organization:{parameter.Name}={value}");
                yield return new("chain", "Observation", $"encounter.patient.{parameter.Name}={value}");
            }

        foreach (var value in Values("Observation").Where(pair => pair.Parameter.Name is "code" or "_security").SelectMany(pair => pair.Values))
        {
            yield return new("chain", "Observation", $"has-member.code={value}");
            yield return new("_has", "Observation", $"_has:Observation:has-member:code={value}");
        }

        yield return new("chain", "Patient", "general-practitioner:Practitioner.family=Practice");
        yield return new("chain", "Patient", "organization.name=Shore");
        yield return new("revinclude", "Practitioner", "_revinclude=*&_count=500");
        yield return new("revinclude", "Practitioner", "_revinclude=Patient:general-practitioner");
        yield return new("revinclude", "Organization", "_revinclude=Patient:organization");
        yield return new("include", "Patient", "_include=*&_count=500");
        yield return new("include", "Patient", "_include=Patient:general-practitioner&_include=Patient:organization");
        foreach (var words in (string[])["Quay", "Southend0", "Contactperson", "adoption"])
            foreach (var type in (string[])["Patient", "RelatedPerson", "Observation", "Person"]) yield return new("search by text", type, $"_content={words}");
    }

    private static IEnumerable<AccessQuestion> OfPatients()
    {
        var codes = Values("Observation").First(pair => pair.Parameter.Name == "code").Values;
        foreach (var patient in AccessWorld.People.SelectMany(person => person.Patients))
        {
            yield return new("search of one patient", "Observation", $"patient={patient}&_count=500");
            yield return new("count of one patient", "Observation", $"patient={patient}&_summary=count");
            yield return new("search of one patient", "Observation", $"patient={patient}&_sort=-date&_count=5");
            yield return new("search of one patient", "Observation", $"patient={patient}&_sort=date&_count=500");
            yield return new("search of one patient", "Observation", $"patient={patient}&_person=true&_count=500");
            yield return new("search of one patient", "Observation", $"patient={patient}&date=ge2020-02&_include=*");
            foreach (var code in codes) yield return new("search of one patient", "Observation", $"patient={patient}&code={code}");
            foreach (var type in (string[])["DocumentReference", "RelatedPerson", "Encounter", "MedicationRequest"]) yield return new("search of one patient", type, $"patient={patient}&_revinclude=*");
        }

        yield return new("search of patients", "Observation", "patient=" + string.Join(',', AccessWorld.People.SelectMany(person => person.Patients)) + "&_count=500");
    }

    /// <summary>Values of each parameter as a question has them; what is rare first.</summary>
    private static List<(SearchParameter Parameter, List<string> Values)> Values(string type)
    {
        var found = new Dictionary<SearchParameter, Dictionary<string, int>>();
        foreach (var resource in AccessWorld.Resources.Where(resource => resource.Type == type))
            foreach (var version in resource.Versions)
            {
                if (version is null) continue;
                using var document = JsonDocument.Parse(version.ToJsonString());
                foreach (var value in SearchValues.Of(type, resource.Id, document.RootElement).Values)
                    if (value.Form == SearchForm.Plain && Text(value) is { Length: > 0 } text)
                    {
                        if (!found.TryGetValue(value.Parameter, out var values)) found[value.Parameter] = values = [];
                        values[text] = values.GetValueOrDefault(text) + 1;
                    }
            }

        return [.. found.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.OrderBy(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal).Select(value => value.Key).ToList()))
            .Select(pair => (pair.Key, pair.Key.Name is "code" or "_security" ? pair.Item2 : [.. pair.Item2.Take(2), pair.Item2[^1]])).Select(pair => (pair.Key, pair.Item2.Distinct().ToList()))];
    }

    private static string? Text(SearchValue value) => value.Parameter.Type switch
    {
        SearchParamType.Date => value.Low?.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        SearchParamType.Number or SearchParamType.Quantity => value.Number?.ToString(CultureInfo.InvariantCulture),
        SearchParamType.Token => value.Value is null ? null : $"{(value.System is null ? "" : value.System + "|")}{value.Value}",
        SearchParamType.String => value.Value?.Split('\u0001')[0],
        SearchParamType.Composite or SearchParamType.Special => null,
        _ => value.Value,
    };
}
